import type { Problem } from '@appstead/contract';
import { ConnectionError } from './connection-error.ts';
import { prepareCredential, type Secret } from './credential.ts';
import { ProblemError, readProblem } from './problem.ts';
import { backoffMs, isRepeatable, retryDelayMs } from './retry-policy.ts';
import { type Wait, waitOnTimer } from './wait.ts';

export type SenderOptions = {
  /** How long one try may take, its answer's body included, in milliseconds. Default 30,000; `Infinity` for no limit. */
  timeoutMs?: number;
  /** How often a request that may be repeated is sent again at most. Default 2. */
  retries?: number;
  /** Sends a request; the global `fetch` unless given. */
  fetch?: (request: Request) => Promise<Response>;
  /** Passes the time until a time limit or the next try; for tests that must not wait. */
  wait?: Wait;
};

/**
 * A `fetch` that sends a request until it gets a final answer: a repeatable one up to `retries` times more than once, and any once more when its
 * token was refused and there is another. It rejects with a ConnectionError when the last try got no answer, and with the caller's own reason
 * when the caller gave up.
 */
export function createSender(options: SenderOptions & Secret): (request: Request) => Promise<Response> {
  const { timeoutMs = 30_000, retries = 2, wait = waitOnTimer } = options;
  const addCredential = prepareCredential(options);

  return async (request) => {
    let refused: string | undefined;
    for (let tries = 1; ; tries += 1) {
      const mayRepeat = tries <= retries && isRepeatable(request);
      const limit = new AbortController();
      const timer = new AbortController();
      // Sending uses up a body, so every try sends a copy.
      const copy = new Request(request.clone(), { signal: AbortSignal.any([request.signal, limit.signal]) });
      let token: string | undefined;
      try {
        token = await addCredential(copy.headers, refused);
      } catch (error) {
        if (error instanceof ProblemError) return Response.json(error.problem, error);
        throw error;
      }
      wait(timeoutMs, timer.signal).then(
        () => limit.abort(),
        () => {},
      );
      let delayMs: number | undefined;
      try {
        const response = await (options.fetch ?? fetch)(copy);
        const answer = await receive(response);
        if (token && !refused && answer.status === 401 && ((await answer.clone().json()) as Problem).code === 'invalid_credential') {
          refused = token;
          tries -= 1;
          continue;
        }
        delayMs = mayRepeat ? retryDelayMs(response, tries) : undefined;
        if (delayMs === undefined) return answer;
      } catch (error) {
        request.signal.throwIfAborted();
        if (!mayRepeat) throw new ConnectionError(request, limit.signal.aborted, error);
        delayMs = backoffMs(tries);
      } finally {
        timer.abort();
      }
      await wait(delayMs, request.signal);
    }
  };
}

/** The answer, read to its end within the limit of the try, since one that stalls or breaks off half-way is none. */
async function receive(response: Response): Promise<Response> {
  if (!response.ok || response.headers.get('Content-Type')?.includes('html')) return readProblem(response);
  // A stream has no end to wait for; only its beginning is in the limit.
  if (response.headers.get('Content-Type')?.includes('event-stream')) return response;
  return new Response(response.body && (await response.arrayBuffer()), response);
}
