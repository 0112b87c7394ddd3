import type { Middleware } from 'openapi-fetch';
import { describe, expect, it } from 'vitest';
import { createClient } from './create-client.ts';
import { pageOf } from './testing/answers.ts';
import { problem } from './testing/scripted-server.ts';

const baseUrl = 'https://appstead.test';
const answering = (answer: () => Response) => ({ baseUrl, retries: 0, fetch: async () => answer() });
const page = () => Response.json(pageOf(['one']));

describe('a call', () => {
  it('writes parameters as the contract has them: in the path, in the query, as headers', async () => {
    const sent: Request[] = [];
    const fetch = async (request: Request) => {
      sent.push(request);
      return page();
    };
    const client = createClient({ baseUrl, fetch });
    await client.GET('/v1/apps', { params: { query: { search: 'a&b=ö', limit: 5 } } });
    const header = { 'If-Match': '"3"' };
    await client.PATCH('/v1/apps/{app_id}', {
      params: { path: { app_id: 'a/b' }, header },
      body: { name: 'Shop' },
      headers: { 'X-Trace': 't' },
    });
    expect(sent.map(({ method, url }) => `${method} ${url}`)).toEqual([
      `GET ${baseUrl}/v1/apps?search=a%26b%3D%C3%B6&limit=5`,
      `PATCH ${baseUrl}/v1/apps/a%2Fb`,
    ]);
    expect(['if-match', 'x-trace', 'content-type'].map((name) => sent[1]?.headers.get(name))).toEqual(['"3"', 't', 'application/json']);
    expect(sent[0]?.headers.has('content-type')).toBe(false);
  });

  it('has no data where the answer has no body', async () => {
    const { data, error } = await createClient(answering(() => new Response(null, { status: 204 }))).GET('/v1/apps');
    expect([data, error]).toEqual([undefined, undefined]);
  });

  it.each(['text', 'blob', 'arrayBuffer', 'stream'] as const)('reads a body as %s when asked to', async (parseAs) => {
    const { data } = await createClient(answering(() => new Response('# metrics'))).GET('/metrics', { parseAs });
    expect(await new Response(data as string).text()).toBe('# metrics');
  });

  it('goes by request, use and eject as with openapi-fetch', async () => {
    const client = createClient(answering(page));
    const seen: string[] = [];
    const note: Middleware = { onRequest: ({ schemaPath }) => void seen.push(schemaPath) };
    client.use(note);
    expect((await client.request('get', '/v1/apps')).data?.apps).toHaveLength(1);
    client.eject(note);
    await client.GET('/v1/apps');
    expect(seen).toEqual(['/v1/apps']);
  });
});

describe('middleware', () => {
  const layers = (seen: string[]): Middleware[] =>
    ['outer', 'inner'].map((name) => ({
      onRequest: () => void seen.push(`${name} request`),
      onResponse: () => void seen.push(`${name} response`),
      onError: () => void seen.push(`${name} error`),
    }));

  it('sees requests in its order and answers in the opposite one', async () => {
    const seen: string[] = [];
    await createClient({ ...answering(page), middleware: layers(seen) }).GET('/v1/apps');
    expect(seen).toEqual(['outer request', 'inner request', 'inner response', 'outer response']);
  });

  it('sees a failure in the opposite order, and may replace it', async () => {
    const seen: string[] = [];
    const lost = { baseUrl, retries: 0, fetch: () => Promise.reject(new TypeError('lost')) };
    await expect(createClient({ ...lost, middleware: layers(seen) }).GET('/v1/apps')).rejects.toMatchObject({ name: 'ConnectionError' });
    expect(seen.slice(2)).toEqual(['inner error', 'outer error']);
    const middleware = [{ onError: () => new Error('mine') }];
    await expect(createClient({ ...lost, middleware }).GET('/v1/apps')).rejects.toThrow('mine');
  });

  it('may answer at once, may replace the request, and may replace the answer', async () => {
    const unsent = { baseUrl, fetch: () => Promise.reject(new Error('sent')) };
    const cached = { onRequest: () => page() };
    expect((await createClient({ ...unsent, middleware: [cached] }).GET('/v1/apps')).data?.apps).toHaveLength(1);
    const urls: string[] = [];
    const fetch = async ({ url }: Request) => {
      urls.push(url);
      return page();
    };
    const elsewhere = { onRequest: () => new Request('https://elsewhere.test/') };
    const refused = { onResponse: () => Response.json(problem('not_allowed', 403), { status: 403 }) };
    const { error } = await createClient({ baseUrl, fetch, middleware: [elsewhere, refused] }).GET('/v1/apps');
    expect([urls, error?.code]).toEqual([['https://elsewhere.test/'], 'not_allowed']);
  });
});
