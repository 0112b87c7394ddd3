import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createClient } from './create-client.ts';
import { appCreated, appShown, pageOf } from './testing/answers.ts';
import { manualWait } from './testing/manual-wait.ts';
import { drop, reply, startScriptedServer } from './testing/scripted-server.ts';

const page = reply(200, pageOf(['one']));

describe('createClient', () => {
  it.each(['', '/', '/api', '/api/'])('calls a server at its base URL with the path %j', async (prefix) => {
    const { baseUrl, received } = await startScriptedServer(page);
    await createClient({ baseUrl: baseUrl + prefix }).GET('/v1/apps');
    expect(received[0]?.url).toBe(`${prefix.replace(/\/$/, '')}/v1/apps`);
  });

  it('encodes path parameters', async () => {
    const { baseUrl, received } = await startScriptedServer(reply(200, appShown));
    await createClient({ baseUrl }).GET('/v1/apps/{app_id}', { params: { path: { app_id: '../a b' } } });
    expect(received[0]?.url).toBe('/v1/apps/..%2Fa%20b');
  });

  it('sends through the fetch it is given', async () => {
    const seen: string[] = [];
    const fetch = async (request: Request) => {
      seen.push(`${request.method} ${request.url} ${request.headers.get('X-API-Key')}`);
      return Response.json(pageOf(['one']));
    };
    const client = createClient({ baseUrl: 'https://appstead.test', apiKey: 'apps_key', fetch });
    expect((await client.GET('/v1/apps')).data?.apps[0]?.name).toBe('one');
    expect(seen).toEqual(['GET https://appstead.test/v1/apps apps_key']);
  });

  it('takes the global fetch of the moment of the call, so that mocks laid over it count', async () => {
    const client = createClient({ baseUrl: 'https://appstead.test' });
    vi.stubGlobal('fetch', async () => Response.json(pageOf(['mocked'])));
    onTestFinished(() => {
      vi.unstubAllGlobals();
    });
    expect((await client.GET('/v1/apps')).data?.apps[0]?.name).toBe('mocked');
  });

  it('shows middleware each call once, with its Idempotency-Key and without the credential', async () => {
    const { baseUrl, received } = await startScriptedServer(drop, reply(201, appCreated));
    const seen: string[] = [];
    const client = createClient({
      baseUrl,
      apiKey: 'apps_key',
      wait: manualWait().wait,
      middleware: [
        {
          onRequest({ request, schemaPath }) {
            seen.push(`${schemaPath} ${request.headers.has('Idempotency-Key')} ${request.headers.has('X-API-Key')}`);
            request.headers.set('X-Trace', 't1');
          },
          onResponse({ response }) {
            seen.push(`${response.status}`);
          },
        },
      ],
    });
    await client.POST('/v1/apps', { body: { name: 'Shop' } });
    expect(seen).toEqual(['/v1/apps true false', '201']);
    expect(received.map(({ headers }) => headers['x-trace'])).toEqual(['t1', 't1']);
    expect(received.map(({ headers }) => headers['x-api-key'])).toEqual(['apps_key', 'apps_key']);
  });

  it('lets middleware turn a lost connection into an answer', async () => {
    const { baseUrl } = await startScriptedServer(drop);
    const client = createClient({ baseUrl, retries: 0, middleware: [{ onError: () => Response.json(pageOf(['cached'])) }] });
    expect((await client.GET('/v1/apps')).data?.apps[0]?.name).toBe('cached');
  });
});
