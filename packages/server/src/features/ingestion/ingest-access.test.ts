import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { call, expectProblem } from '../../testing/call.ts';
import { newApp } from '../../testing/new-app.ts';
import { sendEvents } from '../../testing/send-events.ts';
import { type Harness, startServer } from '../../testing/server-harness.ts';

let server: Harness;
let other: Harness;
let key: string;
beforeAll(async () => {
  server = await startServer();
  other = await startServer({ beside: server });
  key = (await server.newOrganization()).organizationKey;
});
afterAll(async () => {
  await other.close();
  await server.close();
});

const one = [{ name: 'a' }];
const change = (id: string, body: object) => call(server.url, `/v1/apps/${id}`, { key, method: 'PATCH', body });
const storedOf = async (id: string) =>
  (await server.admin.query({ text: 'SELECT id FROM events WHERE app_id = $1', values: [id] })).rows.length;

describe('the pages that may send', () => {
  it('are those on the authorized domains, whatever their scheme, port and case', async () => {
    const app = await newApp(server.url, key, { authorized_domains: ['shop.example', '*.Bücher.example'] });
    const statusOf = async (origin: string) => (await sendEvents(server.url, app.api_key, one, { origin })).status;
    const allowed = [
      'https://shop.example',
      'http://shop.example:8080',
      'https://SHOP.example',
      'https://www.xn--bcher-kva.example',
      'https://a.b.bücher.example',
    ];
    const refused = [
      'https://evil.example',
      'https://www.shop.example',
      'https://shop.example.evil.test',
      'https://evilshop.example',
      'null',
    ];
    for (const origin of allowed) expect([origin, await statusOf(encodeHost(origin))]).toEqual([origin, 200]);
    for (const origin of [...refused, 'https://xn--bcher-kva.example', 'https://evilxn--bcher-kva.example', 'not a url'])
      expect([origin, await statusOf(origin)]).toEqual([origin, 403]);
    expectProblem(await sendEvents(server.url, app.api_key, one, { origin: 'https://evil.example' }), 403, 'origin_not_authorized');
    expectProblem(await sendEvents(server.url, app.api_secret, one, { origin: 'https://evil.example' }), 403, 'origin_not_authorized');
    expect((await sendEvents(server.url, app.api_key, one)).status).toBe(200);
    expect(await storedOf(app.id)).toBe(allowed.length + 1);
  });

  it('are all where no domain is authorized; a change holds from the next request on, on every process', async () => {
    const app = await newApp(server.url, key);
    const origin = 'https://anywhere.example';
    for (const { url } of [server, other]) expect((await sendEvents(url, app.api_key, one, { origin })).status).toBe(200);
    expect((await change(app.id, { authorized_domains: ['shop.example'] })).status).toBe(200);
    expectProblem(await sendEvents(server.url, app.api_key, one, { origin }), 403, 'origin_not_authorized');
    await expect.poll(async () => (await sendEvents(other.url, app.api_key, one, { origin })).status).toBe(403);
  });

  it('may read the answer: it carries Access-Control-Allow-Origin', async () => {
    const app = await newApp(server.url, key);
    const answer = await sendEvents(server.url, app.api_key, one, { origin: 'https://shop.example' });
    expect(answer.headers.get('access-control-allow-origin')).toBe('*');
  });
});

describe('the bundle id', () => {
  const send = async (app: { api_key: string; api_secret: string }, credential: 'api_key' | 'api_secret', bundle_id?: string) =>
    (await sendEvents(server.url, app[credential], one, bundle_id === undefined ? {} : { bundle_id })).status;

  it('must be sent with the app key and be that of the app; with the secret it may be left out', async () => {
    const android = await newApp(server.url, key, { platform: 'android', bundle_id: 'com.Example.one' });
    expect(await send(android, 'api_key', 'com.Example.one')).toBe(200);
    for (const wrong of [undefined, 'com.example.one', 'com.Example.two', '']) expect(await send(android, 'api_key', wrong)).toBe(403);
    expect([await send(android, 'api_secret'), await send(android, 'api_secret', 'com.Example.two')]).toEqual([200, 403]);
    expectProblem(await sendEvents(server.url, android.api_key, one), 403, 'bundle_id_mismatch');
    expect(await storedOf(android.id)).toBe(2);
  });

  it('of Apple is compared without regard to case', async () => {
    const apple = await newApp(server.url, key, { platform: 'apple', bundle_id: 'com.Example.Two' });
    expect([await send(apple, 'api_key', 'com.example.two'), await send(apple, 'api_key', 'com.example.three')]).toEqual([200, 403]);
  });

  it('does not matter for an app that has none, and for a backend app', async () => {
    for (const platform of ['web', 'backend']) {
      const app = await newApp(server.url, key, { platform });
      expect([await send(app, 'api_key'), await send(app, 'api_key', 'com.example.any')]).toEqual([200, 200]);
    }
  });
});

describe('an app that may send no more', () => {
  it('403 app_inactive while it is inactive, from the next request on, on every process', async () => {
    const app = await newApp(server.url, key);
    for (const { url } of [server, other]) expect((await sendEvents(url, app.api_key, one)).status).toBe(200);
    await change(app.id, { status: 'inactive' });
    for (const credential of [app.api_key, app.api_secret])
      expectProblem(await sendEvents(server.url, credential, one), 403, 'app_inactive');
    await expect.poll(async () => (await sendEvents(other.url, app.api_key, one)).status).toBe(403);
    const before = await storedOf(app.id);
    await change(app.id, { status: 'active' });
    expect((await sendEvents(server.url, app.api_key, one)).status).toBe(200);
    expect(await storedOf(app.id)).toBe(before + 1);
  });

  it('401 once it is deleted', async () => {
    const app = await newApp(server.url, key);
    expect((await sendEvents(server.url, app.api_key, one)).status).toBe(200);
    await call(server.url, `/v1/apps/${app.id}`, { key, method: 'DELETE' });
    for (const credential of [app.api_key, app.api_secret])
      expectProblem(await sendEvents(server.url, credential, one), 401, 'invalid_credential');
  });

  it('401 with a key that was replaced, once its overlap has ended; both are taken until then', async () => {
    const app = await newApp(server.url, key);
    const rotated = await call(server.url, `/v1/apps/${app.id}/keys/rotate`, { key, body: { keys: 'key', overlap_hours: 1 } });
    const current = rotated.body.app.api_key;
    for (const each of [app.api_key, current]) expect((await sendEvents(server.url, each, one)).status).toBe(200);
    await call(server.url, `/v1/apps/${app.id}/keys/rotate`, { key, body: { keys: 'key', overlap_hours: 0 } });
    for (const each of [app.api_key, current]) expectProblem(await sendEvents(server.url, each, one), 401, 'invalid_credential');
  });

  it('403 with every credential that is not an app’s', async () => {
    const { organizationKey, session } = await server.newOrganization();
    for (const credential of [organizationKey, session]) {
      expectProblem(await call(server.url, '/v1/ingest', { key: credential, body: { events: one } }), 403, 'not_allowed');
    }
  });
});

/** A host as browsers send it. */
function encodeHost(origin: string): string {
  return /^\p{ASCII}*$/u.test(origin) ? origin : new URL(origin).origin;
}
