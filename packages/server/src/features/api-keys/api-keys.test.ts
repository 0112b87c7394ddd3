import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { call, expectProblem } from '../../testing/call.ts';
import { type Harness, startServer } from '../../testing/server-harness.ts';

let server: Harness;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());

const dayMs = 24 * 60 * 60 * 1000;
const path = '/v1/api-keys';
const appsRead = { name: 'Build server', scopes: ['apps:read'] };
const create = (key: string, body: object = appsRead) => call(server.url, path, { key, body });
const one = (key: string, id: string, method = 'GET', body?: object) => call(server.url, `${path}/${id}`, { key, method, body });

describe('createApiKey', () => {
  it('201 shows the key in full and only then, and the key works', async () => {
    const { session, ownerId } = await server.newOrganization();
    const created = await create(session);
    expect([created.status, created.headers.get('etag')]).toEqual([201, '"1"']);
    const { api_key: apiKey } = created.body;
    expect(apiKey.key).toMatch(/^apikey_[0-9A-Za-z]{33}$/);
    expect(apiKey).toMatchObject({
      preset: null,
      scopes: ['apps:read'],
      effective_scopes: ['apps:read'],
      enabled: true,
      created_by: ownerId,
    });
    expect(apiKey).toMatchObject({ expires_at: null, last_used_at: null, overlap_ends_at: null });
    expect((await one(session, apiKey.id)).body.api_key).toEqual({ ...apiKey, key: `apikey_…${apiKey.key.slice(-4)}` });
    expect((await call(server.url, '/v1/apps', { key: apiKey.key })).status).toBe(200);
    expectProblem(await call(server.url, '/v1/apps', { key: apiKey.key, body: { name: 'No' } }), 403, 'insufficient_scope');
    const { rows } = await server.admin.query({
      text: 'SELECT row_to_json(keys)::text, row_to_json(api_keys)::text AS key FROM keys, api_keys',
    });
    expect(JSON.stringify(rows)).not.toContain(apiKey.key);
    expect(server.log.join('')).not.toContain(apiKey.key);
  });

  it('counts the days until the end from the instant of the request, and the key ends then', async () => {
    const { session } = await server.newOrganization();
    const { api_key: apiKey } = (await create(session, { ...appsRead, expires_in_days: 90 })).body;
    expect(Date.parse(apiKey.expires_at) - Date.parse(apiKey.created_at)).toBe(90 * dayMs);
    server.state.offsetMs = 90 * dayMs - 60_000;
    expect((await call(server.url, '/v1/apps', { key: apiKey.key })).status).toBe(200);
    server.state.offsetMs = 90 * dayMs;
    expectProblem(await call(server.url, '/v1/apps', { key: apiKey.key }), 401, 'invalid_credential');
    server.state.offsetMs = 0;
  });

  it('403 scope_exceeds_role names the scopes the role of its creator does not allow, also of a preset', async () => {
    const { id } = await server.newOrganization();
    const { session } = await server.newUser(id, 'member');
    const refused = await create(session, { name: 'Too much', scopes: ['apps:read', 'apps:write', 'audit:read'] });
    expectProblem(refused, 403, 'scope_exceeds_role');
    expect(refused.body.detail).toBe('The role member does not allow apps:write, audit:read');
    expect(refused.body.errors).toEqual([{ location: 'body.scopes', message: refused.body.detail, rule: 'role' }]);
    expectProblem(await create(session, { name: 'Too much', preset: 'full' }), 403, 'scope_exceeds_role');
    expect((await create(session, { name: 'Enough', preset: 'analytics' })).body.api_key.scopes).toEqual(['analytics:read']);
    expect((await call(server.url, path, { key: session })).body.api_keys).toHaveLength(1);
  });

  it('400 unless there is either a preset or scopes', async () => {
    const { session } = await server.newOrganization();
    const wrong = [
      {},
      { preset: 'full', scopes: ['apps:read'] },
      { scopes: [] },
      { scopes: ['apps:read', 'apps:read'] },
      { scopes: ['apps:delete'] },
    ];
    for (const body of wrong) expectProblem(await create(session, { name: 'Wrong', ...body }), 400, 'invalid_request');
  });

  it('makes one key for one Idempotency-Key, and shows it again in full', async () => {
    const { session } = await server.newOrganization();
    const twice = () => call(server.url, path, { key: session, body: appsRead, headers: { 'Idempotency-Key': 'one' } });
    const [first, second] = [await twice(), await twice()];
    expect(second.headers.get('idempotent-replayed')).toBe('true');
    expect(second.body).toEqual(first.body);
    expect((await call(server.url, path, { key: session })).body.api_keys).toHaveLength(1);
  });
});

describe('who sees and manages an API key', () => {
  it('is its creator and the admins; to other members it does not exist', async () => {
    const { id, session } = await server.newOrganization();
    const [ada, grace, admin] = [await server.newUser(id, 'member'), await server.newUser(id, 'member'), await server.newUser(id, 'admin')];
    const { api_key: apiKey } = (await create(ada.session)).body;
    for (const seer of [ada.session, admin.session, session]) {
      expect((await one(seer, apiKey.id)).status).toBe(200);
      expect((await call(server.url, path, { key: seer })).body.api_keys).toHaveLength(1);
    }
    expect((await call(server.url, path, { key: grace.session })).body.api_keys).toEqual([]);
    expectProblem(await one(grace.session, apiKey.id), 404, 'api_key_not_found');
    expectProblem(await one(grace.session, apiKey.id, 'PATCH', { enabled: false }), 404, 'api_key_not_found');
    expectProblem(await one(grace.session, apiKey.id, 'DELETE'), 404, 'api_key_not_found');
    expectProblem(await call(server.url, `${path}/${apiKey.id}/rotate`, { key: grace.session, body: {} }), 404, 'api_key_not_found');
    expectProblem(await one((await server.newOrganization()).session, apiKey.id), 404, 'api_key_not_found');
    expect((await one(admin.session, apiKey.id, 'DELETE')).body).toEqual({ success: true, revoked: true });
  });
});

describe('updateApiKey', () => {
  it('disables and enables a key from the next request on', async () => {
    const { session } = await server.newOrganization();
    const { id, key } = (await create(session)).body.api_key;
    const use = () => call(server.url, '/v1/apps', { key });
    expect((await use()).status).toBe(200);
    const disabled = await one(session, id, 'PATCH', { enabled: false });
    expect([disabled.headers.get('etag'), disabled.body.api_key.enabled]).toEqual(['"2"', false]);
    expectProblem(await use(), 403, 'key_disabled');
    await one(session, id, 'PATCH', { enabled: true });
    expect((await use()).status).toBe(200);
  });

  it('replaces scopes by a preset and a preset by scopes, from the next request on', async () => {
    const { session } = await server.newOrganization();
    const { id, key } = (await create(session)).body.api_key;
    const write = () => call(server.url, '/v1/apps', { key, body: { name: 'App' } });
    expectProblem(await write(), 403, 'insufficient_scope');
    expect((await one(session, id, 'PATCH', { preset: 'full' })).body.api_key.preset).toBe('full');
    expect((await write()).status).toBe(201);
    expect((await one(session, id, 'PATCH', { scopes: ['audit:read'] })).body.api_key).toMatchObject({
      preset: null,
      scopes: ['audit:read'],
    });
    expectProblem(await write(), 403, 'insufficient_scope');
    expectProblem(await one(session, id, 'PATCH', { preset: 'full', scopes: ['apps:read'] }), 400, 'invalid_request');
  });

  it("403 scope_exceeds_role when an admin would give somebody's key more than its creator may", async () => {
    const { id, session } = await server.newOrganization();
    const { api_key: apiKey } = (await create((await server.newUser(id, 'member')).session)).body;
    expectProblem(await one(session, apiKey.id, 'PATCH', { scopes: ['apps:write'] }), 403, 'scope_exceeds_role');
    expectProblem(await one(session, apiKey.id, 'PATCH', { preset: 'full' }), 403, 'scope_exceeds_role');
    expect((await one(session, apiKey.id, 'PATCH', { scopes: ['teams:read'], name: 'Teams' })).status).toBe(200);
  });

  it('412 when the key has changed since it was read', async () => {
    const { session } = await server.newOrganization();
    const { id } = (await create(session)).body.api_key;
    const headers = { 'If-Match': '"7"' };
    expectProblem(
      await call(server.url, `${path}/${id}`, { key: session, method: 'PATCH', body: { name: 'x' }, headers }),
      412,
      'precondition_failed',
    );
    expectProblem(await call(server.url, `${path}/${id}`, { key: session, method: 'DELETE', headers }), 412, 'precondition_failed');
  });
});

describe('revokeApiKey', () => {
  it('ends the key on the next request and for good', async () => {
    const { session } = await server.newOrganization();
    const { id, key } = (await create(session)).body.api_key;
    expect((await call(server.url, '/v1/apps', { key })).status).toBe(200);
    expect((await one(session, id, 'DELETE')).status).toBe(200);
    expectProblem(await call(server.url, '/v1/apps', { key }), 401, 'invalid_credential');
    expectProblem(await one(session, id), 404, 'api_key_not_found');
    expectProblem(await one(session, id, 'DELETE'), 404, 'api_key_not_found');
    expectProblem(await call(server.url, `${path}/${id}/rotate`, { key: session, body: {} }), 404, 'api_key_not_found');
  });
});

describe('the audit trail', () => {
  it('tells what was done to a key, and what was done with it, without the key', async () => {
    const { session } = await server.newOrganization();
    const { id, key } = (await create(session, { name: 'Deploy', preset: 'full' })).body.api_key;
    const { app } = (await call(server.url, '/v1/apps', { key, body: { name: 'App' } })).body;
    await one(session, id, 'PATCH', { name: 'Deployment' });
    await call(server.url, `${path}/${id}/rotate`, { key: session, body: {} });
    await one(session, id, 'DELETE');
    const events = async (resource: string) =>
      (await call(server.url, `/v1/audit-events?resource_id=${resource}`, { key: session })).body.audit_events;
    expect((await events(id)).map(({ action }: { action: string }) => action)).toEqual([
      'api_key.revoked',
      'api_key.rotated',
      'api_key.updated',
      'api_key.created',
    ]);
    expect((await events(app.id))[0].actor).toEqual({ type: 'api_key', id, name: 'Deploy' });
    expect(JSON.stringify(await events(id))).not.toContain(key.slice(-4));
  });
});
