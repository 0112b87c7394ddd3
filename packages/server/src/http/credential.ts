import type { IncomingMessage } from 'node:http';
import { httpProblems, unauthorized } from './http-problems.ts';

/**
 * The one credential of a request: `X-API-Key` or `Authorization: Bearer` (RFC 6750 2.1). Both are fine when they are equal; when they differ
 * the request is refused, as RFC 6750 2 asks. `undefined` when there is none.
 */
export function credentialOf(req: IncomingMessage): string | undefined {
  const key = req.headers['x-api-key'];
  const authorization = req.headers.authorization;
  if (Array.isArray(key) || key?.includes(',')) throw httpProblems.conflicting_credentials('Send one X-API-Key');
  let bearer: string | undefined;
  if (authorization !== undefined) {
    const match = /^Bearer +([A-Za-z0-9\-._~+/]+=*) *$/i.exec(authorization);
    if (!match) throw unauthorized('invalid_credential');
    bearer = match[1];
  }
  if (key !== undefined && bearer !== undefined && key.trim() !== bearer) {
    throw httpProblems.conflicting_credentials('X-API-Key and Authorization carry different credentials; send one');
  }
  return bearer ?? (key?.trim() || undefined);
}
