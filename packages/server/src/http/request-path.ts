import type { Database } from '@appstead/database';
import type { ErrorRequestHandler, Request, RequestHandler, Response } from 'express';
import type { Authenticator } from './authenticate.ts';
import { authorize } from './authorize.ts';
import { checkIntegers, checkUrl } from './check-url.ts';
import type { IndexedOperation } from './contract-index.ts';
import { credentialOf } from './credential.ts';
import type { Exchange } from './exchange.ts';
import { exchangeOf } from './exchange.ts';
import { httpProblems, invalidAt } from './http-problems.ts';
import { countCall } from './rate-limit.ts';
import { hasBody, readBody } from './read-body.ts';
import { sendProblem, toProblem } from './render-problem.ts';
import type { Route } from './route-operations.ts';
import type { Validator } from './validate.ts';

export type RequestPath = {
  db: Database;
  route: (method: string, path: string) => Route;
  authenticate: Authenticator;
  validate: Validator;
  dispatch: (req: Request, res: Response, exchange: Exchange, operation: IndexedOperation) => Promise<void>;
  /** The limit of a rule as the operator set it. */
  limitOf: (policy: string, limit: number) => number;
  now: () => Date;
};

/**
 * The way of a request: operation, rate limit, principal, the contract's `security`, body, validation, handler. A step ends the request by
 * throwing a problem. Who is calling is settled before anything of the body is looked at.
 */
export function createRequestPath({ db, route, authenticate, validate, dispatch, limitOf, now }: RequestPath): RequestHandler {
  return async (req, res) => {
    const exchange = exchangeOf(req);
    checkUrl(req.originalUrl);
    const found = route(req.method, exchange.path);
    if (!found) throw httpProblems.route_not_found('There is nothing at this address');
    if ('allowed' in found) return refuseMethod(req, res, found.allowed);
    const { operation } = found;
    exchange.operation = operation;
    if (operation.rateLimit) {
      const { policy, limit } = operation.rateLimit;
      await countCall(db, res, { ...operation.rateLimit, limit: limitOf(policy, limit) }, exchange.address, now());
    }
    if (operation.security.length > 0) {
      exchange.principal = await authenticate(credentialOf(req));
      authorize(operation, exchange.principal);
    }
    await takeBody(req, operation);
    checkIntegers(operation, req.query);
    await validate(req, res, operation);
    await dispatch(req, res, exchange, operation);
  };
}

function refuseMethod(req: Request, res: Response, allowed: string[]): void {
  const Allow = allowed.join(', ');
  if (req.method === 'OPTIONS') {
    res.writeHead(204, { Allow }).end();
    return;
  }
  throw httpProblems.method_not_allowed(`This address takes ${Allow}`, { headers: { Allow } });
}

async function takeBody(req: Request, operation: IndexedOperation): Promise<void> {
  const [type] = operation.bodyTypes;
  if (type === undefined) {
    if (hasBody(req)) throw invalidAt('body', 'This operation takes no body', 'body');
    // The validator compiles anew for every Content-Type it has not seen, also where there is no body.
    delete req.headers['content-type'];
    return;
  }
  req.body = await readBody(req, operation);
  if (req.body === undefined && operation.bodyRequired) throw invalidAt('body', 'The body is missing', 'required');
  req.headers['content-type'] = type;
}

/** The last step for everything that was thrown on the way. */
export function createProblemStep(publicUrl: string, onFault: (error: unknown, exchange: Exchange) => void): ErrorRequestHandler {
  return (error: unknown, req, res, _next) => {
    const exchange = exchangeOf(req);
    const problem = toProblem(error);
    exchange.problemCode = problem.code;
    if (problem.status >= 500) onFault(error, exchange);
    sendProblem(res, problem, exchange.requestId, publicUrl);
  };
}
