import {
  type Client,
  createFinalURL,
  createQuerySerializer,
  defaultBodySerializer,
  defaultPathSerializer,
  type HeadersOptions,
  type MergedOptions,
  type Middleware,
  mergeHeaders,
  type QuerySerializerOptions,
} from 'openapi-fetch';
import { passThrough } from './pass-through.ts';

type Init = Omit<RequestInit, 'body' | 'headers'> &
  Partial<Omit<MergedOptions, 'querySerializer'>> & {
    params?: { query?: Record<string, unknown>; path?: Record<string, unknown>; header?: Record<string, unknown> };
    body?: unknown;
    headers?: HeadersOptions;
    middleware?: Middleware[];
    querySerializer?: MergedOptions['querySerializer'] | QuerySerializerOptions;
  };

type Answer = { data?: unknown; error?: unknown; response: Response };

/**
 * A client with the types, options, middleware and serializers of openapi-fetch. Its own `createClient` does the same in three times the bytes,
 * which is what a client that also keeps a session cannot afford below 10 kB. Redirects are not followed: browsers and Node would carry
 * X-API-Key along to whatever host they name.
 */
export function callOperations<Paths extends object>(
  { baseUrl: standardUrl, fetch: send }: { baseUrl: string; fetch: (request: Request) => Promise<Response> },
  ...standing: Middleware[]
): Client<Paths> {
  const request = async (method: string, schemaPath: string, init: Init = {}): Promise<Answer> => {
    const { params = {}, body, headers, middleware = [], querySerializer, parseAs = 'json', baseUrl = standardUrl, ...rest } = init;
    const { fetch = send, bodySerializer = defaultBodySerializer, pathSerializer = defaultPathSerializer, ...more } = rest;
    const toQuery = typeof querySerializer === 'function' ? querySerializer : createQuerySerializer(querySerializer);
    const options = { baseUrl: baseUrl.replace(/\/$/, ''), fetch, parseAs, bodySerializer, pathSerializer, querySerializer: toQuery };
    const header = params.header as HeadersOptions | undefined;
    const serialize = bodySerializer as (body: unknown, headers: Headers) => RequestInit['body'];
    const sent = body === undefined ? undefined : serialize(body, mergeHeaders(headers, header));
    const type = sent === undefined || sent instanceof FormData ? {} : { 'Content-Type': 'application/json' };
    const requestInit = {
      redirect: 'manual',
      ...more,
      method,
      body: sent,
      headers: mergeHeaders(type, headers, header),
    } as RequestInit;
    const callback = { schemaPath, params, options: options as MergedOptions, id: crypto.getRandomValues(new Uint32Array(1)).join() };
    const first = new Request(createFinalURL(schemaPath, { ...options, params }), requestInit);
    return read(await passThrough(first, callback, [...standing, ...middleware]), parseAs);
  };
  const client = {
    request: (method: string, path: string, init?: Init) => request(method.toUpperCase(), path, init),
    use: (...more: Middleware[]) => standing.push(...more),
    eject: (...others: Middleware[]) => {
      standing = standing.filter((middleware) => !others.includes(middleware));
    },
  };
  for (const method of ['GET', 'PUT', 'POST', 'DELETE', 'OPTIONS', 'HEAD', 'PATCH', 'TRACE']) {
    Object.assign(client, { [method]: (path: string, init?: Init) => request(method, path, init) });
  }
  return client as unknown as Client<Paths>;
}

/** The body of an answer as `data`, or as `error` when it failed; neither when there is none. */
async function read(response: Response, parseAs: MergedOptions['parseAs']): Promise<Answer> {
  if (!response.ok) return { error: parseOr(await response.text()), response };
  if (parseAs === 'stream') return { data: response.body, response };
  return { data: parseAs === 'json' ? parse(await response.text()) : await response[parseAs](), response };
}

/** An error of middleware need not be JSON. */
function parseOr(text: string): unknown {
  try {
    return parse(text);
  } catch {
    return text;
  }
}

function parse(text: string): unknown {
  return text ? JSON.parse(text) : undefined;
}
