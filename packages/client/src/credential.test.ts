import { describe, expect, it } from 'vitest';
import { createClient } from './create-client.ts';
import { pageOf } from './testing/answers.ts';
import { manualWait } from './testing/manual-wait.ts';
import { drop, reply, startScriptedServer } from './testing/scripted-server.ts';

const apiKey = 'apps_1V8xT0mQe5YhB7rWc2LpZ9sKd4N1VdG5k';
const page = reply(200, pageOf([]));

describe('credential', () => {
  it('sends an API key as X-API-Key and nowhere else', async () => {
    const { baseUrl, received } = await startScriptedServer(page);
    await createClient({ baseUrl, apiKey }).GET('/v1/apps', { params: { query: { search: 'shop' } } });
    expect(received[0]?.headers['x-api-key']).toBe(apiKey);
    expect(received[0]?.headers.authorization).toBeUndefined();
    expect(received[0]?.url).toBe('/v1/apps?search=shop');
  });

  it('sends a token as Bearer and nowhere else', async () => {
    const { baseUrl, received } = await startScriptedServer(page);
    await createClient({ baseUrl, token: 'eyJ.e30.c2ln' }).GET('/v1/apps');
    expect(received[0]?.headers.authorization).toBe('Bearer eyJ.e30.c2ln');
    expect(received[0]?.headers['x-api-key']).toBeUndefined();
    expect(received[0]?.url).toBe('/v1/apps');
  });

  it('asks a token function again before every try', async () => {
    const { baseUrl, received } = await startScriptedServer(drop, page);
    const tokens = ['first', 'second'];
    const client = createClient({ baseUrl, token: async () => tokens.shift() ?? 'none', wait: manualWait().wait });
    await client.GET('/v1/apps');
    expect(received.map(({ headers }) => headers.authorization)).toEqual(['Bearer first', 'Bearer second']);
  });

  it('rejects with what the token function throws and sends nothing', async () => {
    const { baseUrl, received } = await startScriptedServer();
    const client = createClient({
      baseUrl,
      token: () => {
        throw new Error('signed out');
      },
    });
    await expect(client.GET('/v1/apps')).rejects.toThrow('signed out');
    expect(received).toEqual([]);
  });

  it('leaves a credential alone that one call brings itself', async () => {
    const { baseUrl, received } = await startScriptedServer(page);
    await createClient({ baseUrl, apiKey }).GET('/v1/apps', { headers: { Authorization: 'Bearer other' } });
    expect(received[0]?.headers.authorization).toBe('Bearer other');
    expect(received[0]?.headers['x-api-key']).toBeUndefined();
  });

  it('sends nothing without a credential', async () => {
    const { baseUrl, received } = await startScriptedServer(page);
    await createClient({ baseUrl }).GET('/v1/apps');
    expect(received[0]?.headers['x-api-key'] ?? received[0]?.headers.authorization).toBeUndefined();
  });

  it.each(['', 'apps_broken\nline', 'apps_with space', 'apps_…'])('refuses the key %j at once, without quoting it', (broken) => {
    expect(() => createClient({ baseUrl: 'http://localhost', apiKey: broken })).toThrow(/^apiKey and token take visible ASCII only$/);
  });

  it('refuses a token that cannot be a header without quoting it', async () => {
    const client = createClient({ baseUrl: 'http://localhost', token: () => 'secret\nline' });
    await expect(client.GET('/v1/apps')).rejects.toThrow(/^apiKey and token take visible ASCII only$/);
  });

  it.each(['http://ada:secret@localhost', 'http://localhost?key=secret', 'http://localhost#secret'])(
    'refuses the base URL %s, without quoting it',
    (baseUrl) => {
      expect(() => createClient({ baseUrl })).toThrow(/^baseUrl takes no credentials, query or fragment$/);
    },
  );

  it('never carries the key along to where a redirect points', async () => {
    const elsewhere = await startScriptedServer(page);
    const { baseUrl } = await startScriptedServer((response) =>
      response.writeHead(302, { Location: `${elsewhere.baseUrl}/v1/apps` }).end(),
    );
    const { error, response } = await createClient({ baseUrl, apiKey }).GET('/v1/apps');
    expect(elsewhere.received).toEqual([]);
    expect(error).toMatchObject({ code: 'unavailable', status: 502, detail: 'Something other than Appstead answered: 302' });
    expect(response.status).toBe(502);
  });

  it('never shows the key in an error about the connection', async () => {
    const { baseUrl } = await startScriptedServer(drop);
    const client = createClient({ baseUrl, apiKey, retries: 0 });
    const error = await client.GET('/v1/apps').catch((thrown: unknown) => thrown);
    expect(`${error} ${(error as Error).stack} ${JSON.stringify(error)} ${(error as Error).cause}`).not.toContain(apiKey);
  });
});
