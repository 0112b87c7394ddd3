import type { IncomingMessage } from 'node:http';
import type { Operation } from '../contract.ts';
import { isPublic } from '../principals.ts';
import type { Defect } from './defects.ts';
import { Refusal } from './fake-request.ts';
import type { Caller, Store } from './fake-things.ts';

const roles = ['developer', 'member', 'admin', 'owner'];

/** Who calls; throws `Refusal` when they may not. */
export function authenticate(store: Store, request: IncomingMessage, operation: Operation, has: (defect: Defect) => boolean): Caller {
  const nobody: Caller = { organization: '', kind: 'nobody' };
  if (isPublic(operation)) return nobody;
  const given = [request.headers['x-api-key'], bearerOf(request)].filter((each) => each !== undefined);
  if (new Set(given).size > 1 && !has('two different credentials taken')) throw new Refusal(400, 'invalid_request');
  if (given.length === 0 && has('reading without a credential') && operation.method === 'get')
    return { organization: '', kind: 'organizationKey' };
  const caller = store.callers.get(String(given[0]));
  if (!caller || (caller.state === 'revoked' && !has('a revoked key that works'))) throw new Refusal(401, 'unauthorized');
  if (caller.state === 'disabled')
    throw has('a disabled key called unknown') ? new Refusal(401, 'unauthorized') : new Refusal(403, 'forbidden');
  if (caller.kind === 'organizationKey' && request.headers['x-api-key'] === undefined && has('a key refused as Bearer token'))
    throw new Refusal(401, 'unauthorized');
  const may = operation.security.some((requirement) => {
    const needs = requirement[caller.kind];
    if (!needs) return false;
    if (caller.kind === 'apiKey')
      return has('a key with too few scopes that may write') || needs.every((scope) => caller.scopes?.includes(scope));
    if (caller.kind === 'organizationKey') return true;
    if (caller.role === 'admin' && has('an admin kept out')) return false;
    if (caller.role === 'member' && has('a member who may write')) return true;
    return roles.indexOf(caller.role ?? '') >= roles.indexOf(needs[0] ?? '');
  });
  if (!may) throw new Refusal(403, 'forbidden');
  return caller;
}

function bearerOf(request: IncomingMessage): string | undefined {
  return request.headers.authorization?.replace(/^Bearer /, '');
}
