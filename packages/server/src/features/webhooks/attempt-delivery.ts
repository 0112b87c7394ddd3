import { EgressError } from '../../egress/egress-error.ts';
import type { GuardedSender } from '../../egress/guarded-sender.ts';
import { readRetryAfter, waitMsAfter } from './delivery-schedule.ts';
import type { Attempt, Outcome } from './delivery-store.ts';
import type { DueDelivery } from './due-store.ts';
import type { Sign } from './endpoint-health.ts';
import type { Receiver } from './endpoint-store.ts';
import { messageOf, signatureHeaders } from './webhook-message.ts';

/** The longest that one attempt may take. */
export const attemptMsMax = 15_000;
/** Nothing of an answer is used but its status; what is read lets the connection be kept. */
const answerBytesMax = 4_096;
const throttling = new Set([429, 502, 503, 504]);

export type AttemptParts = { sender: GuardedSender; now: () => Date; random: () => number; signal: AbortSignal };
export type Attempted = { outcome: Outcome; sign: Sign | undefined };

/**
 * Hands one event on, once. Every end of it is an outcome; it rejects only with the reason of the signal. Without a sign about the receiver
 * when nothing was sent, because the event is gone.
 */
export async function attemptDelivery(
  { sender, now, random, signal }: AttemptParts,
  target: { appId: string; receiver: Receiver; secrets: string[] },
  delivery: DueDelivery,
): Promise<Attempted> {
  const { id, event } = delivery;
  if (!event) return { outcome: { id, status: 'cancelled', tries: delivery.tries, next_attempt_at: null, attempt: null }, sign: undefined };
  const tries = delivery.tries + 1;
  const at = now();
  const { signed, headers, ...message } = messageOf(target.appId, { ...delivery, event }, target.receiver);
  const signature = signatureHeaders(id, at, signed, target.secrets);
  const began = performance.now();
  const answer = await send(sender, {
    ...message,
    headers: { 'user-agent': 'Appstead-Webhooks/1', ...headers, ...signature },
    deadlineMs: attemptMsMax,
    bytesMax: answerBytesMax,
    signal,
  });
  const attempt: Attempt = {
    at: at.toISOString(),
    status: answer.status ?? null,
    failure: answer.failure ?? null,
    duration_ms: Math.round(performance.now() - began),
  };
  const { status = 0 } = answer;
  if (status >= 200 && status < 300) {
    const outcome: Outcome = { id, status: 'delivered', tries, next_attempt_at: null, attempt };
    return { outcome, sign: { isSuccess: true, isGone: false, retryAfterMs: undefined } };
  }
  const retryAfterMs = throttling.has(status) ? readRetryAfter(answer.retryAfter, at) : undefined;
  const waitMs = status === 410 ? undefined : waitMsAfter(tries, retryAfterMs, random());
  const nextAt = waitMs === undefined ? null : new Date(at.getTime() + waitMs).toISOString();
  const outcome: Outcome = { id, status: nextAt === null ? 'failed' : 'pending', tries, next_attempt_at: nextAt, attempt };
  return { outcome, sign: { isSuccess: false, isGone: status === 410, retryAfterMs } };
}

type Answer = { status?: number; retryAfter?: string | string[] | undefined; failure?: string };

async function send(sender: GuardedSender, request: Parameters<GuardedSender['send']>[0]): Promise<Answer> {
  try {
    const { status, headers } = await sender.send(request);
    return { status, retryAfter: headers['retry-after'] };
  } catch (error) {
    if (error instanceof EgressError) return { failure: error.failure };
    throw error;
  }
}
