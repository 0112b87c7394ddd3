import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { call, expectProblem } from '../../testing/call.ts';
import { newApp, statusOfAppKey } from '../../testing/new-app.ts';
import { type Harness, startServer } from '../../testing/server-harness.ts';

let server: Harness;
let organizationId: string;
let key: string;
beforeAll(async () => {
  server = await startServer();
  ({ id: organizationId, organizationKey: key } = await server.newOrganization());
});
afterAll(() => server.close());

const remove = (id: string, by = key, headers: Record<string, string> = {}) =>
  call(server.url, `/v1/apps/${id}`, { method: 'DELETE', key: by, headers });

describe('deleteApp', () => {
  it('200 deletes the app: it can no longer be read, listed, changed, rotated or deleted', async () => {
    const { id } = await newApp(server.url, key);
    const deleted = await remove(id);
    expect([deleted.status, deleted.body]).toEqual([200, { success: true, deleted: true }]);
    const path = `/v1/apps/${id}`;
    expectProblem(await call(server.url, path, { key }), 404, 'app_not_found');
    expectProblem(await call(server.url, path, { key, method: 'PATCH', body: { name: 'x' } }), 404, 'app_not_found');
    expectProblem(await call(server.url, `${path}/keys/rotate`, { key, body: { keys: 'both' } }), 404, 'app_not_found');
    expectProblem(await remove(id), 404, 'app_not_found');
    expect((await call(server.url, '/v1/apps', { key })).body.apps).toEqual([]);
  });

  it('the keys of the app stop with the answer, although they were used just before', async () => {
    const app = await newApp(server.url, key);
    const rotated = await call(server.url, `/v1/apps/${app.id}/keys/rotate`, { key, body: { keys: 'both' } });
    const live = [app.api_key, app.api_secret, rotated.body.app.api_key, rotated.body.app.api_secret];
    for (const each of live) expect(await statusOfAppKey(server.url, each)).toBe(403);
    await remove(app.id);
    for (const each of live) expect(await statusOfAppKey(server.url, each)).toBe(401);
  });

  it('404 app_not_found for all but one of five who delete at once', async () => {
    const { id } = await newApp(server.url, key);
    const statuses = await Promise.all(Array.from({ length: 5 }, async () => (await remove(id)).status));
    expect(statuses.sort()).toEqual([200, 404, 404, 404, 404]);
  });

  it('412 precondition_failed for an old version, and the app stays', async () => {
    const { id } = await newApp(server.url, key);
    await call(server.url, `/v1/apps/${id}`, { key, method: 'PATCH', body: { name: 'newer' } });
    expectProblem(await remove(id, key, { 'If-Match': '"1"' }), 412, 'precondition_failed');
    expect((await call(server.url, `/v1/apps/${id}`, { key })).status).toBe(200);
    expect((await remove(id, key, { 'If-Match': '"2"' })).status).toBe(200);
  });

  it('403 for every API key and for members; admins may', async () => {
    const { id } = await newApp(server.url, key);
    const full = await server.newApiKey(organizationId, { scopes: ['apps:read', 'apps:write', 'audit:read'] });
    expectProblem(await remove(id, full), 403, 'not_allowed');
    expectProblem(await remove(id, (await server.newUser(organizationId, 'member')).session), 403, 'insufficient_role');
    expect((await remove(id, (await server.newUser(organizationId, 'admin')).session)).status).toBe(200);
  });

  it('leaves one audit entry, with what the app was and without its secrets', async () => {
    const { id, api_key } = await newApp(server.url, key, { name: 'Was here' });
    await remove(id);
    const { body } = await call(server.url, `/v1/audit-events?resource_id=${id}&action=app.deleted`, { key });
    expect(body.audit_events).toHaveLength(1);
    expect(body.audit_events[0].changes.name).toEqual({ before: 'Was here', after: null });
    expect(body.audit_events[0].changes.api_key).toEqual({ before: '[redacted]', after: null });
    expect(JSON.stringify(body)).not.toContain(api_key);
  });
});
