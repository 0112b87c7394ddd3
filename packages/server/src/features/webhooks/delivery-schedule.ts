/** When a delivery is tried again. Pure; after Standard Webhooks 1.0.0, "Operational considerations". */

const secondMs = 1_000;
const minuteMs = 60 * secondMs;
const hourMs = 60 * minuteMs;

/** The wait after the first attempt, the second, …; with the attempt at once, ten of them in about 75 hours and 36 minutes. */
const waitsMs = [...[5 * secondMs, 5 * minuteMs, 30 * minuteMs], ...[2, 5, 10, 14, 20, 24].map((hours) => hours * hourMs)];

/** How many attempts a delivery gets after it was made or replayed. */
export const triesMax = waitsMs.length + 1;
/** What a receiver may ask for with `Retry-After`. */
export const retryAfterMsMax = 24 * hourMs;
const jitter = 0.2;

/**
 * The wait after so many attempts, or undefined when that was the last. Up to a fifth shorter or longer by chance, so that what failed together
 * does not come back together. `random` is between 0 and 1.
 */
export function waitMsAfter(tries: number, retryAfterMs: number | undefined, random: number): number | undefined {
  const waitMs = waitsMs[tries - 1];
  if (waitMs === undefined) return undefined;
  return Math.max(Math.round(waitMs * (1 + jitter * (2 * random - 1))), Math.min(retryAfterMs ?? 0, retryAfterMsMax));
}

/** `Retry-After` (RFC 9110 10.2.3) as milliseconds from now; undefined when it is absent, past or unreadable. */
export function readRetryAfter(header: string | string[] | undefined, now: Date): number | undefined {
  if (typeof header !== 'string') return undefined;
  const ms = /^\d{1,10}$/.test(header.trim()) ? Number(header) * secondMs : Date.parse(header) - now.getTime();
  return ms > 0 ? Math.min(ms, retryAfterMsMax) : undefined;
}
