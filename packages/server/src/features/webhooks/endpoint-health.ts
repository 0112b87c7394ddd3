import { retryAfterMsMax } from './delivery-schedule.ts';

/** How a receiver fares: attempts in a row that failed, since when, and until when it is left alone. Instants in ISO 8601. */
export type Health = { failures: number; failing_since: string | null; paused_until: string | null };

/** What an attempt says about the receiver. */
export type Sign = { isSuccess: boolean; isGone: boolean; retryAfterMs: number | undefined };

/** After so many failures in a row, a receiver gets one attempt at a time, with pauses between. */
export const failuresOfTrouble = 5;
const pauseMsFirst = 5_000;
const pauseMsMax = 5 * 60_000;
/** Failing for so long, and at least so often, ends a webhook. */
const failingMsMax = 5 * 24 * 60 * 60_000;
const failuresOfEnd = 10;

export const healthy: Health = { failures: 0, failing_since: null, paused_until: null };

/** Whether a receiver is in such trouble that only one attempt at a time is made. */
export function isInTrouble({ failures }: Health): boolean {
  return failures >= failuresOfTrouble;
}

/** The health after one more attempt, and why the webhook ends, if it does. Pure. */
export function afterAttempt(before: Health, sign: Sign, now: Date): { health: Health; end?: 'gone' | 'failing' } {
  if (sign.isSuccess) return { health: healthy };
  const failures = before.failures + 1;
  const failingSince = before.failing_since ?? now.toISOString();
  const pauseMs = Math.max(
    failures < failuresOfTrouble ? 0 : Math.min(pauseMsFirst * 2 ** (failures - failuresOfTrouble), pauseMsMax),
    Math.min(sign.retryAfterMs ?? 0, retryAfterMsMax),
  );
  const pausedUntil = pauseMs === 0 ? before.paused_until : new Date(now.getTime() + pauseMs).toISOString();
  const health = { failures, failing_since: failingSince, paused_until: pausedUntil };
  if (sign.isGone) return { health, end: 'gone' };
  const isOver = failures >= failuresOfEnd && now.getTime() - Date.parse(failingSince) >= failingMsMax;
  return isOver ? { health, end: 'failing' } : { health };
}
