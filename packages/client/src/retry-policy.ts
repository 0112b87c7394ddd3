const repeatableMethods = /^(GET|HEAD|PUT|DELETE)$/;
const passingStatuses = [429, 502, 503, 504];
const backoffMsBase = 500;
const backoffMsMax = 8_000;

/** A server that asks for a longer pause is not asked again: its answer goes to the caller, who can wait without holding a call open. */
const retryAfterMsMax = 60_000;

/**
 * Whether sending the request twice has the effect of sending it once: by its method (RFC 9110 9.2.2), by an `Idempotency-Key`, or by an
 * `If-Match`, which the first effect makes stale.
 */
export function isRepeatable({ method, headers }: Request): boolean {
  return repeatableMethods.test(method) || headers.has('Idempotency-Key') || headers.has('If-Match');
}

/**
 * Milliseconds to wait before the request is sent again, or undefined when this answer is final. `tries` counts the requests sent so far.
 * `Retry-After` decides where it is given, back-off elsewhere.
 */
export function retryDelayMs({ status, headers }: Response, tries: number): number | undefined {
  // A conflict on a later try is mostly `request_in_progress`: the server still works on the first, which ran into the time limit here.
  if (!passingStatuses.includes(status) && !(status === 409 && tries > 1)) return undefined;
  const askedMs = parseRetryAfterMs(headers.get('Retry-After') ?? '');
  if (askedMs > retryAfterMsMax) return undefined;
  return askedMs >= 0 ? askedMs : backoffMs(tries);
}

/** Full jitter: anything between nothing and a bound that doubles with every try, so that clients which failed together come back apart. */
export function backoffMs(tries: number): number {
  return Math.random() * Math.min(backoffMsMax, backoffMsBase * 2 ** (tries - 1));
}

/** `Retry-After` (RFC 9110 10.2.3), seconds or an HTTP date, as milliseconds from now; NaN when it is neither. */
function parseRetryAfterMs(text: string): number {
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  // `Date.parse` guesses at almost any text; an HTTP date ends in GMT.
  return Math.max(0, Date.parse(text.endsWith('GMT') ? text : '') - Date.now());
}
