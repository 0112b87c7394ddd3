import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { call, expectProblem } from '../../testing/call.ts';
import { password } from '../../testing/organization.ts';
import { type Harness, startServer } from '../../testing/server-harness.ts';

let server: Harness;
beforeAll(async () => {
  server = await startServer();
});
afterEach(() => {
  server.state.offsetMs = 0;
});
afterAll(() => server.close());

const hourMs = 60 * 60 * 1000;

async function newKey(more: object = {}) {
  const organization = await server.newOrganization();
  const body = { name: 'Build server', scopes: ['apps:read'], ...more };
  const { api_key: apiKey } = (await call(server.url, '/v1/api-keys', { key: organization.session, body })).body;
  const path = `/v1/api-keys/${apiKey.id}`;
  const rotate = (overlapHours?: number, headers: Record<string, string> = {}) =>
    call(server.url, `${path}/rotate`, {
      key: organization.session,
      body: overlapHours === undefined ? {} : { overlap_hours: overlapHours },
      headers,
    });
  const show = async () => (await call(server.url, path, { key: organization.session })).body.api_key;
  return { ...organization, apiKey, path, rotate, show };
}

const use = async (key: string) => (await call(server.url, '/v1/apps', { key })).status;

describe('rotateApiKey', () => {
  it('makes a new secret of the same key; the old one works until the overlap ends, a day unless the caller says otherwise', async () => {
    const { apiKey, rotate, show } = await newKey();
    const rotated = await rotate();
    expect([rotated.status, rotated.headers.get('etag')]).toEqual([200, '"2"']);
    const next = rotated.body.api_key;
    expect(next).toMatchObject({ id: apiKey.id, scopes: ['apps:read'], expires_at: null });
    expect(next.key).not.toBe(apiKey.key);
    expect(Date.parse(next.overlap_ends_at) - Date.parse(next.updated_at)).toBe(24 * hourMs);
    expect(await show()).toEqual({ ...next, key: `apikey_…${next.key.slice(-4)}` });
    expect([await use(apiKey.key), await use(next.key)]).toEqual([200, 200]);
    server.state.offsetMs = 24 * hourMs;
    expect([await use(apiKey.key), await use(next.key)]).toEqual([401, 200]);
  });

  it('says null for the end of an overlap that is over, and the key can be rotated again', async () => {
    const { rotate, path, ownerEmail } = await newKey();
    await rotate(1);
    server.state.offsetMs = hourMs;
    const { session } = (await call(server.url, '/v1/auth/login', { body: { email: ownerEmail, password } })).body;
    expect((await call(server.url, path, { key: session.access_token })).body.api_key.overlap_ends_at).toBeNull();
    expect((await call(server.url, `${path}/rotate`, { key: session.access_token, body: {} })).status).toBe(200);
  });

  it('409 rotation_in_progress during an overlap: at most two secrets live', async () => {
    const { rotate, apiKey } = await newKey();
    const next = (await rotate(2)).body.api_key;
    const refused = await rotate(2);
    expectProblem(refused, 409, 'rotation_in_progress');
    expect(refused.body).toMatchObject({ current_state: 'overlapping', legal_moves: ['rotateApiKey with overlap_hours 0'] });
    expect([await use(apiKey.key), await use(next.key)]).toEqual([200, 200]);
    server.state.offsetMs = 10 * 60_000;
    expectProblem(await rotate(2), 409, 'rotation_in_progress');
  });

  it('with overlap_hours 0 ends every older secret at once, also during an overlap', async () => {
    const { rotate, apiKey } = await newKey();
    const second = (await rotate(168)).body.api_key;
    const third = (await rotate(0)).body.api_key;
    expect(third.overlap_ends_at).toBeNull();
    expect([await use(apiKey.key), await use(second.key), await use(third.key)]).toEqual([401, 401, 200]);
    expect((await rotate(1)).status).toBe(200);
  });

  it('never lets the old secret, or the new one, live past the end of the key', async () => {
    const { rotate, apiKey } = await newKey({ expires_in_days: 1 });
    const next = (await rotate(168)).body.api_key;
    expect(next).toMatchObject({ expires_at: apiKey.expires_at, overlap_ends_at: apiKey.expires_at });
    server.state.offsetMs = 24 * hourMs;
    expect([await use(apiKey.key), await use(next.key)]).toEqual([401, 401]);
  });

  it('409 api_key_expired for a key that has ended, which no rotation brings back', async () => {
    const { rotate, apiKey } = await newKey({ expires_in_days: 1 });
    await server.admin.query({ text: 'UPDATE api_keys SET expires_at = now() WHERE id = $1', values: [apiKey.id] });
    expectProblem(await rotate(0), 409, 'api_key_expired');
    expect(await use(apiKey.key)).toBe(401);
  });

  it('has one winner when two ask at the same moment', async () => {
    for (let round = 0; round < 5; round++) {
      const { rotate } = await newKey();
      const answers = await Promise.all([rotate(24), rotate(24), rotate(24)]);
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409]);
      const winner = answers.find(({ status }) => status === 200)?.body.api_key.key;
      expect(await use(winner)).toBe(200);
    }
  });

  it('shows the new secret again to who repeats the request with its Idempotency-Key', async () => {
    const { rotate } = await newKey();
    const headers = { 'Idempotency-Key': 'rotate-once' };
    const [first, second] = [await rotate(24, headers), await rotate(24, headers)];
    expect(second.body).toEqual(first.body);
    expect(await use(second.body.api_key.key)).toBe(200);
  });
});

describe('over a rotation', () => {
  it('audit events and idempotency records stay with the key, whichever of its secrets was sent', async () => {
    const { rotate, apiKey, session } = await newKey({ scopes: ['apps:read', 'apps:write'] });
    const create = (key: string) => call(server.url, '/v1/apps', { key, body: { name: 'App' }, headers: { 'Idempotency-Key': 'the-app' } });
    const made = await create(apiKey.key);
    const next = (await rotate()).body.api_key;
    const replayed = await create(next.key);
    expect([replayed.headers.get('idempotent-replayed'), replayed.body.app.id]).toEqual(['true', made.body.app.id]);
    const events = await call(server.url, `/v1/audit-events?resource_id=${made.body.app.id}`, { key: session });
    expect(events.body.audit_events.map(({ actor }: { actor: object }) => actor)).toEqual([
      { type: 'api_key', id: apiKey.id, name: 'Build server' },
    ]);
  });

  it('the last use is the latest of all its secrets', async () => {
    const { rotate, apiKey, show } = await newKey();
    const next = (await rotate()).body.api_key;
    await use(next.key);
    server.state.offsetMs = 60_000;
    await use(apiKey.key);
    expect((await show()).last_used_at).toBeNull();
    // Closing writes out what is buffered; requests are still answered.
    await server.server.close();
    expect(Date.parse((await show()).last_used_at) - Date.parse(next.updated_at)).toBeGreaterThanOrEqual(60_000);
  });
});
