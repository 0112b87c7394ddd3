/**
 * No try got an answer: the server could not be reached, broke off, or took too long. Whether it acted on the request is unknown.
 * The message names method and host and quotes nothing else of the request or of `cause`, so it can hold no secret.
 */
export class ConnectionError extends Error {
  override readonly name = 'ConnectionError';
  /** Whether the last try ran into `timeoutMs`. */
  declare readonly timedOut: boolean;

  constructor({ method, url }: Request, timedOut: boolean, cause: unknown) {
    super(`${method} ${new URL(url).origin} ${timedOut ? 'timed out' : 'got no answer'}`, { cause });
    this.timedOut = timedOut;
  }
}
