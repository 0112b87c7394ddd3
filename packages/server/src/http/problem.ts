import type { ProblemCode } from '@appstead/contract';

/** A place of the request that is wrong: `body.name`, `query.limit`, `path.app_id`, `header.if-match`. */
export type ProblemPlace = { location: string; message: string; rule: string };

type Extra = {
  errors?: ProblemPlace[];
  headers?: Record<string, string>;
  /** With a state conflict: the state the resource is in, and the operations that are possible now. */
  currentState?: string;
  legalMoves?: string[];
  cause?: unknown;
};

/** An answer other than success. Thrown anywhere, rendered in one place as RFC 9457 problem details. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly errors: ProblemPlace[];
  readonly headers: Record<string, string>;

  constructor(
    readonly code: ProblemCode,
    readonly status: number,
    readonly title: string,
    readonly detail: string,
    readonly extra: Extra = {},
  ) {
    super(detail, extra.cause === undefined ? undefined : { cause: extra.cause });
    this.errors = extra.errors ?? [];
    this.headers = extra.headers ?? {};
  }
}

/**
 * Declares what a feature can answer besides success, each code once with its status and title.
 * The result has a maker per code: `throw problems.app_not_found('There is no such app')`.
 */
export function defineProblems<Code extends ProblemCode>(declared: Record<Code, { status: number; title: string }>) {
  const makers = {} as Record<Code, (detail: string, extra?: Extra) => Problem>;
  for (const [code, { status, title }] of Object.entries(declared) as [Code, { status: number; title: string }][]) {
    makers[code] = (detail, extra) => new Problem(code, status, title, detail, extra);
  }
  return makers;
}
