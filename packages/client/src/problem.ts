import type { Problem, ProblemCode, ProblemPlace } from '@appstead/contract';

/**
 * A problem the server answered, as an exception. `code` is the stable name to switch on; a server newer than this client may send codes
 * that are not in the union, which the `default` of a switch receives.
 */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  declare readonly code: ProblemCode;
  /** The HTTP status. */
  declare readonly status: number;
  /** The places of the request that are wrong, if it is the request. */
  declare readonly errors: ProblemPlace[];
  /** The id to look up in the server's log; empty when something in front of the server answered. */
  declare readonly requestId: string;
  /** The body of the answer. */
  declare readonly problem: Problem;

  constructor(problem: Problem) {
    const { code, status, errors, request_id: requestId, detail } = problem;
    super(`${detail} (${status} ${code}, request ${requestId})`);
    Object.assign(this, { code, status, errors, requestId, problem });
  }
}

/** What a call resolves to, told apart by `error`. */
export type Result<Data> = { data: Data; error?: never; response: Response } | { data?: never; error: Problem; response: Response };

/** The data of a successful call; throws a ProblemError for any other. */
export function unwrap<Data>(result: Result<Data>): Data {
  if (result.error) throw new ProblemError(result.error);
  return result.data as Data;
}

/**
 * The answer as it is, if its body is a problem of the contract, the only error body there is. Anything else comes from in between: a gateway's
 * page, a redirect, nothing at all. It is replaced by a problem `unavailable`, since the server itself was not heard; its status is the one
 * received if that is an error, else 502, as a gateway says it of an answer it cannot use.
 */
export async function readProblem(response: Response): Promise<Response> {
  const text = await response.text();
  try {
    if (typeof JSON.parse(text).code === 'string') return new Response(text, response);
  } catch {
    // Not JSON: told below.
  }
  const status = response.status < 400 ? 502 : response.status;
  const detail = `Something other than Appstead answered: ${response.status}`;
  const problem: Problem = {
    success: false,
    type: 'about:blank',
    title: 'Unavailable',
    status,
    detail,
    code: 'unavailable',
    errors: [],
    request_id: response.headers.get('X-Request-Id') ?? '',
    error: detail,
  };
  return Response.json(problem, { status });
}
