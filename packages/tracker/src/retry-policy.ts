const backoffMsBase = 1_000;
const backoffMsMax = 2 * 60_000;

/** A server that asks for a longer pause is asked again after this one. */
const retryAfterMsMax = 60 * 60_000;

/** Whether the same request may get another answer later; 0 stands for no answer. */
export function isPassing(status: number): boolean {
  return status < 400 || status === 408 || status === 429 || status >= 500;
}

/** Milliseconds from half of a bound to the bound, which doubles with every failure, so that pages which failed together come back apart. */
export function backoffMs(failures: number): number {
  return Math.min(backoffMsMax, backoffMsBase * 2 ** (failures - 1)) * (0.5 + Math.random() / 2);
}

/** `Retry-After` (RFC 9110 10.2.3), seconds or an HTTP date, in milliseconds from now; 0 when there is none that can be read. */
export function parseRetryAfterMs(text: string | null, now: number): number {
  const ms = Number(text) * 1000 || Date.parse(text ?? '') - now || 0;
  return Math.min(Math.max(ms, 0), retryAfterMsMax);
}
