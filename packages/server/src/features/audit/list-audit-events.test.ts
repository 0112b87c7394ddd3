import type { AuditEvent } from '@appstead/contract';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { call, expectProblem } from '../../testing/call.ts';
import { newApp } from '../../testing/new-app.ts';
import type { TestOrganization } from '../../testing/organization.ts';
import { type Harness, startServer } from '../../testing/server-harness.ts';

let server: Harness;
let organization: TestOrganization;
let key: string;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());
beforeEach(async () => {
  server.state.offsetMs = 0;
  organization = await server.newOrganization();
  key = organization.organizationKey;
});

async function list(query = ''): Promise<AuditEvent[]> {
  const answer = await call(server.url, `/v1/audit-events?limit=200&${query}`, { key });
  expect(answer.status, answer.text).toBe(200);
  return answer.body.audit_events;
}
const actions = async (query = '') => (await list(query)).map(({ action }) => action);
const send = (method: string, path: string, by: string, body?: object) => call(server.url, path, { method, key: by, body });

describe('listAuditEvents', () => {
  it('200 lists one entry for each write, the newest first, with its actor, resource and request id', async () => {
    const admin = await server.newUser(organization.id, 'admin');
    const apiKey = await server.newApiKey(organization.id, { scopes: ['apps:write'] });
    const requestId = '01939f5c-9b21-7000-8000-000000000001';
    const created = await call(server.url, '/v1/apps', { key, body: { name: 'Audited' }, headers: { 'X-Request-Id': requestId } });
    const { id } = created.body.app;
    await send('PATCH', `/v1/apps/${id}`, apiKey, { name: 'Renamed' });
    await send('POST', `/v1/apps/${id}/keys/rotate`, admin.session, { keys: 'key' });
    await send('DELETE', `/v1/apps/${id}`, key);
    await send('POST', `/v1/apps/${id}/restore`, organization.session);
    const entries = await list(`resource_id=${id}`);
    expect(entries.map(({ action, actor }) => [action, actor.type])).toEqual([
      ['app.restored', 'user'],
      ['app.deleted', 'organization_key'],
      ['app.keys_rotated', 'user'],
      ['app.updated', 'api_key'],
      ['app.created', 'organization_key'],
    ]);
    expect(entries[0]?.actor).toEqual({ type: 'user', id: organization.ownerId, name: 'Ada Lovelace' });
    expect(entries[2]?.actor.id).toBe(admin.id);
    expect(entries[4]?.actor.name).toBe(`apps_…${key.slice(-4)}`);
    expect(entries[4]?.request_id).toBe(requestId);
    for (const { resource } of entries) expect(resource).toEqual({ type: 'app', id });
  });

  it('reads and refused writes leave no entry', async () => {
    const { id } = await newApp(server.url, key, { platform: 'apple', bundle_id: 'com.example.one' });
    const before = await list();
    for (const path of ['/v1/apps', `/v1/apps/${id}`, '/v1/audit-events']) await call(server.url, path, { key });
    await send('POST', '/v1/apps', key, { name: '' });
    await send('POST', '/v1/apps', key, { name: 'Two', platform: 'apple', bundle_id: 'com.example.one' });
    await send('POST', `/v1/apps/${id}/restore`, key);
    await send('DELETE', `/v1/apps/${id}`, await server.newApiKey(organization.id, { scopes: ['apps:write'] }));
    expect(await list()).toEqual(before);
  });

  it('200 with filters lists what fits all of them; since is inclusive, until is not', async () => {
    const one = await newApp(server.url, key, { name: 'one' });
    server.state.offsetMs = 60_000;
    const two = await newApp(server.url, key, { name: 'two' });
    server.state.offsetMs = 120_000;
    await send('PATCH', `/v1/apps/${one.id}`, key, { name: 'one again' });
    const [updated, second, first] = (await list()) as [AuditEvent, AuditEvent, AuditEvent];
    expect(await actions(`action=app.created`)).toEqual(['app.created', 'app.created']);
    expect(await actions(`action=app.vanished`)).toEqual([]);
    expect((await list(`resource_id=${two.id.toUpperCase()}`)).map(({ id }) => id)).toEqual([second.id]);
    expect(await list(`resource_id=${one.id}&action=app.updated`)).toEqual([updated]);
    expect(await list(`since=${second.created_at}`)).toEqual([updated, second]);
    expect((await list(`until=${second.created_at}`)).map(({ id }) => id)).toContain(first.id);
    expect((await list(`until=${second.created_at}`)).map(({ id }) => id)).not.toContain(second.id);
    expect(await list(`since=${first.created_at}&until=${updated.created_at}`)).toEqual([second, first]);
    const elsewhere = new Date(Date.parse(second.created_at) + 5.5 * 3_600_000).toISOString().replace('Z', '%2B05:30');
    expect(await list(`since=${elsewhere}`)).toEqual([updated, second]);
    expect(await list('until=2020-01-01T00:00:00Z')).toEqual([]);
  });

  it('pages of any size make up the whole list, also among entries of the same instant', async () => {
    for (let n = 0; n < 7; n++) await newApp(server.url, key);
    const text = `UPDATE audit_events SET created_at = '2026-01-01' WHERE organization_id = $1`;
    await server.admin.query({ text, values: [organization.id] });
    const whole = (await list()).map(({ id }) => id);
    expect(whole.length).toBeGreaterThanOrEqual(7);
    for (const limit of [1, 2, 3]) {
      const seen: string[] = [];
      for (let cursor: string | null = ''; cursor !== null; ) {
        const { body } = await call(server.url, `/v1/audit-events?limit=${limit}${cursor && `&cursor=${cursor}`}`, { key });
        seen.push(...body.audit_events.map(({ id }: AuditEvent) => id));
        cursor = body.meta.cursor;
      }
      expect([limit, seen]).toEqual([limit, whole]);
    }
  });

  it('keeps of secrets only that they changed', async () => {
    const secrets = { access_token: 'canary-token-1234567' };
    const app = await newApp(server.url, key, { engagement_credentials: secrets, email_credentials: secrets });
    const rotated = await send('POST', `/v1/apps/${app.id}/keys/rotate`, key, { keys: 'both' });
    const created = (await list('action=app.created'))[0]?.changes;
    for (const field of ['api_key', 'api_secret', 'engagement_credentials', 'email_credentials']) {
      expect([field, created?.[field]]).toEqual([field, { before: null, after: '[redacted]' }]);
    }
    const text = JSON.stringify(await list());
    for (const secret of [secrets.access_token, app.api_key, app.api_secret, rotated.body.app.api_secret])
      expect(text).not.toContain(secret);
  });

  it('shows nothing of other organizations, not even by the id of a resource', async () => {
    const stranger = await server.newOrganization();
    const theirs = await newApp(server.url, stranger.organizationKey);
    expect(await list(`resource_id=${theirs.id}`)).toEqual([]);
    expect(JSON.stringify(await list())).not.toContain(stranger.id);
  });

  it('403 for members, developers and API keys without audit:read', async () => {
    const path = '/v1/audit-events';
    for (const role of ['member', 'developer'] as const) {
      const { session } = await server.newUser(organization.id, role);
      expectProblem(await call(server.url, path, { key: session }), 403, 'insufficient_role');
    }
    const writer = await server.newApiKey(organization.id, { scopes: ['apps:read', 'apps:write'] });
    expectProblem(await call(server.url, path, { key: writer }), 403, 'insufficient_scope');
    const auditor = await server.newApiKey(organization.id, { scopes: ['audit:read'] });
    expect((await call(server.url, path, { key: auditor })).status).toBe(200);
  });
});
