/**
 * Why nothing usable came back: `address_refused` (the URL or what its name resolves to may not be called, or it resolves to nothing),
 * `timeout`, `too_large`, `connection` (refused, reset, or not HTTP), `tls`, `redirects` (more than were allowed, or to nowhere).
 */
export type EgressFailure = 'address_refused' | 'timeout' | 'too_large' | 'connection' | 'tls' | 'redirects';

// Who chose the URL reads these. A name that resolves to nothing and one that resolves to an address inside are told alike, and so are a closed
// port and a reset connection: otherwise the texts would map the network the server stands in.
const texts: Record<EgressFailure, string> = {
  address_refused: 'The host has no address that may be called',
  timeout: 'There was no complete answer in time',
  too_large: 'The answer is too large',
  connection: 'The connection failed',
  tls: 'The TLS connection failed',
  redirects: 'The answer redirects too often',
};

/** An outgoing request got no usable answer. Message and `failure` may be shown to who chose the URL; the cause belongs in the log only. */
export class EgressError extends Error {
  override readonly name = 'EgressError';

  constructor(
    readonly failure: EgressFailure,
    cause?: unknown,
  ) {
    super(texts[failure], cause === undefined ? undefined : { cause });
  }
}

/** A URL that no request may be made to, whatever its name resolves to. The message completes "the URL …". */
export class RefusedUrl extends Error {
  override readonly name = 'RefusedUrl';
}

// Certificates have codes of OpenSSL, which are many and share no prefix.
const tlsCode = /^(ERR_TLS|ERR_SSL|CERT_|CRL_|EPROTO$|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|HOSTNAME_MISMATCH|INVALID_CA|INVALID_PURPOSE)/;

/** The error of a failed request in one of the classes. */
export function classify(error: unknown): EgressError {
  if (error instanceof EgressError) return error;
  if (error instanceof RefusedUrl) return new EgressError('address_refused', error);
  const code = codeOf(error);
  if (/TIMEOUT$|^ETIMEDOUT$/.test(code)) return new EgressError('timeout', error);
  return new EgressError(tlsCode.test(code) ? 'tls' : 'connection', error);
}

function codeOf(error: unknown): string {
  // With several addresses to try, Node wraps what happened at each.
  const first = error instanceof AggregateError ? error.errors[0] : error;
  const code = (first as { code?: unknown } | undefined)?.code;
  return typeof code === 'string' ? code : '';
}
