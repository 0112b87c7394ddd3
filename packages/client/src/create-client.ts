import type { paths } from '@appstead/contract';
import type { Client, Middleware } from 'openapi-fetch';
import { callOperations } from './call-operations.ts';
import type { Credential } from './credential.ts';
import { addIdempotencyKey } from './idempotency.ts';
import { createSender, type SenderOptions } from './send.ts';
import { sessionToken } from './session.ts';

/** The client, typed by path: `client.GET('/v1/apps/{app_id}', { params: { path: { app_id } } })` resolves to `{ data, error, response }`. */
export type AppsteadClient = Client<paths>;

export type ClientOptions = SenderOptions &
  Credential & {
    /** Where the server is, with or without its prefix `/api`. */
    baseUrl: string;
    /** Middleware of openapi-fetch. It sees a call once, whatever the number of tries, and never the credential. */
    middleware?: Middleware[];
  };

/**
 * A client of the Appstead server at `baseUrl`. Calls resolve to `{ data, error, response }` and reject only with a ConnectionError, with
 * the reason of an aborted `signal`, or with what the caller's own `token` or middleware throws.
 * Throws a TypeError on a `baseUrl`, `apiKey` or `token` that cannot work; the message never quotes it.
 */
export function createClient({ baseUrl, middleware = [], session, onSession, ...options }: ClientOptions): AppsteadClient {
  if (/[?#@]/.test(baseUrl)) throw new TypeError('baseUrl takes no credentials, query or fragment');
  const secret = session ? { token: sessionToken(createClient({ baseUrl, ...options }), session, onSession) } : {};
  return callOperations<paths>(
    { baseUrl, fetch: createSender({ ...options, ...secret }) },
    { onRequest: addIdempotencyKey },
    ...middleware,
  );
}
