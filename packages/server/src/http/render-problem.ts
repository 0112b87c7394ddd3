import type { ServerResponse } from 'node:http';
import { DatabaseError, DatabaseUnavailable } from '@appstead/database';
import type { Exchange } from './exchange.ts';
import { httpProblems, unavailable } from './http-problems.ts';
import { Problem } from './problem.ts';
import { send } from './send-reply.ts';

/** The body of a problem (RFC 9457), with `success`, `code`, `errors`, `request_id` and `error` of the contract. */
export function problemBody(problem: Problem, requestId: string, publicUrl: string) {
  return {
    success: false,
    type: `${publicUrl}/problems/${problem.code}`,
    title: problem.title,
    status: problem.status,
    detail: problem.detail,
    code: problem.code,
    errors: problem.errors,
    request_id: requestId,
    error: problem.detail,
    ...(problem.extra.currentState === undefined ? {} : { current_state: problem.extra.currentState }),
    ...(problem.extra.legalMoves === undefined ? {} : { legal_moves: problem.extra.legalMoves }),
  };
}

/** Whatever was thrown, as a problem. What is not known here is a fault of ours: 500, and its text stays in the log. */
export function toProblem(thrown: unknown): Problem {
  if (thrown instanceof Problem) return thrown;
  if (thrown instanceof DatabaseUnavailable) return unavailable(thrown);
  if (thrown instanceof DatabaseError && /^(22P05|22021)$/.test(thrown.code)) {
    return httpProblems.invalid_characters('The request has characters that cannot be stored', { cause: thrown });
  }
  return httpProblems.internal_error('Something went wrong on our side', { cause: thrown });
}

/** The only writer of `application/problem+json`. */
export function sendProblem(res: ServerResponse, exchange: Exchange, problem: Problem, publicUrl: string): void {
  if (res.headersSent) {
    res.destroy();
    return;
  }
  exchange.problemCode = problem.code;
  send(
    res,
    exchange,
    problem.status,
    'application/problem+json',
    JSON.stringify(problemBody(problem, exchange.requestId, publicUrl)),
    problem.headers,
  );
}
