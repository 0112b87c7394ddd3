import type { ServerResponse } from 'node:http';
import { isIP } from 'node:net';
import type { RateLimitRule } from '@appstead/contract/document';
import type { Database } from '@appstead/database';
import type { Request, Response } from 'express';
import type { Principal } from '../principal.ts';
import type { Authenticator } from './authenticate.ts';
import { authorize } from './authorize.ts';
import { checkIntegers, checkUrl } from './check-url.ts';
import type { IndexedOperation } from './contract-index.ts';
import { credentialOf } from './credential.ts';
import type { Exchange } from './exchange.ts';
import { httpProblems, invalidAt } from './http-problems.ts';
import type { Parts } from './lane.ts';
import { countCall } from './rate-limit.ts';
import { hasBody, readBody } from './read-body.ts';
import type { Route } from './route-operations.ts';
import { answerPreflight } from './standing-headers.ts';

export type RequestPath = {
  db: Database;
  authenticate: Authenticator;
  /** The valid parts of the request, or a problem thrown. */
  validate: (req: Request, res: Response, exchange: Exchange, operation: IndexedOperation, body: unknown) => Parts | Promise<Parts>;
  dispatch: (
    res: ServerResponse,
    exchange: Exchange,
    operation: IndexedOperation,
    headers: Request['headers'],
    parts: Parts,
  ) => Promise<void>;
  /** The limit of a rule as the operator set it. */
  limitOf: (policy: string, limit: number) => number;
  now: () => Date;
};

/**
 * The way of a request to an operation: rate limit by address, principal, the contract's `security`, rate limit by principal, body, validation,
 * handler. A step ends the request by throwing a problem. Who is calling is settled before anything of the body is looked at.
 */
export function createRequestPath({ db, authenticate, validate, dispatch, limitOf, now }: RequestPath) {
  const countAs = (exchange: Exchange, rule: RateLimitRule, caller: string) =>
    countCall(db, exchange, { ...rule, limit: limitOf(rule.policy, rule.limit) }, caller, now());

  return async (
    req: Request,
    res: Response,
    exchange: Exchange,
    { operation, params }: Extract<Route, { params: unknown }>,
  ): Promise<void> => {
    checkUrl(req.originalUrl);
    if (operation.rateLimit?.by === 'address') await countAs(exchange, operation.rateLimit, addressOf(req));
    if (operation.security.length > 0) {
      const credential = credentialOf(req);
      const principal = authenticate(credential, operation.schemes);
      exchange.principal = principal instanceof Promise ? await principal : principal;
      authorize(operation, exchange.principal, params);
      exchange.recheck = async () => authorize(operation, await authenticate(credential, operation.schemes), params);
    }
    if (operation.rateLimit?.by === 'principal') await countAs(exchange, operation.rateLimit, idOf(exchange.principal));
    req.params = params;
    const body = operation.bodyTypes.length > 0 ? await takeBody(req, operation) : refuseBody(req);
    if (exchange.rawQuery !== '') checkIntegers(operation, req.query);
    const parts = validate(req, res, exchange, operation, body);
    await dispatch(res, exchange, operation, req.headers, parts instanceof Promise ? await parts : parts);
  };
}

/** Where the request comes from, as far as the proxies in front may be believed. */
function addressOf({ ip }: Request): string {
  return ip !== undefined && isIP(ip) !== 0 ? ip : 'unknown';
}

/** Who a limit by principal counts. Not the credential: a person who signs in again goes on where they were. */
function idOf(principal: Principal | undefined): string {
  if (principal === undefined || !('id' in principal)) throw new Error('a limit by principal needs an operation that asks for a tenant');
  return principal.id;
}

/** 405 with `Allow` (RFC 9110 15.5.6); to OPTIONS, what the address takes. */
export function refuseMethod(req: Request, res: Response, allowed: string[]): void {
  const Allow = allowed.join(', ');
  if (req.method !== 'OPTIONS') throw httpProblems.method_not_allowed(`This address takes ${Allow}`, { headers: { Allow } });
  if (req.headers['access-control-request-method'] !== undefined) answerPreflight(req, res, () => {});
  else res.writeHead(204, { Allow }).end();
}

function refuseBody(req: Request): undefined {
  if (hasBody(req)) throw invalidAt('body', 'This operation takes no body', 'body');
  // The validator compiles anew for every Content-Type it has not seen, also where there is no body.
  if (req.headers['content-type'] !== undefined) delete req.headers['content-type'];
}

async function takeBody(req: Request, operation: IndexedOperation): Promise<unknown> {
  const body = await readBody(req, operation);
  if (body === undefined && operation.bodyRequired) throw invalidAt('body', 'The body is missing', 'required');
  const [type] = operation.bodyTypes;
  if (type !== undefined) req.headers['content-type'] = type;
  return body;
}
