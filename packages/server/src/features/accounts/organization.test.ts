import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { auditActions } from '../../testing/audit-actions.ts';
import { call, expectProblem } from '../../testing/call.ts';
import { type Harness, startServer } from '../../testing/server-harness.ts';

let server: Harness;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());

const rename = (key: string, name: string, headers = {}) =>
  call(server.url, '/v1/organization', { key, method: 'PATCH', body: { name }, headers });

describe('getOrganization', () => {
  it('200 shows the organization of the credential to keys and people of it', async () => {
    const { organizationKey, session, id } = await server.newOrganization();
    const reader = await server.newApiKey(id, { scopes: ['organization:read'] });
    for (const key of [organizationKey, session, reader]) {
      const answer = await call(server.url, '/v1/organization', { key });
      expect([answer.status, answer.headers.get('etag'), answer.body.organization.id]).toEqual([200, '"1"', id]);
    }
    expectProblem(
      await call(server.url, '/v1/organization', { key: (await server.newUser(id, 'developer')).session }),
      403,
      'insufficient_role',
    );
  });
});

describe('updateOrganization', () => {
  it('200 renames it for everybody and leaves organization.updated', async () => {
    const { organizationKey, id } = await server.newOrganization();
    const { session } = await server.newUser(id, 'admin');
    const renamed = await rename(session, 'Example Group');
    expect([renamed.status, renamed.headers.get('etag'), renamed.body.organization.name]).toEqual([200, '"2"', 'Example Group']);
    expect((await call(server.url, '/v1/organization', { key: organizationKey })).body).toEqual(renamed.body);
    expect(await auditActions(server.admin, id)).toEqual(['organization.updated']);
  });

  it('412 when it has changed since its ETag was read', async () => {
    const { organizationKey: key } = await server.newOrganization();
    expect((await rename(key, 'first', { 'If-Match': '"1"' })).status).toBe(200);
    expectProblem(await rename(key, 'second', { 'If-Match': '"1"' }), 412, 'precondition_failed');
  });

  it('403 for members and for API keys that may only read', async () => {
    const { id } = await server.newOrganization();
    expectProblem(await rename((await server.newUser(id, 'member')).session, 'x'), 403, 'insufficient_role');
    expectProblem(await rename(await server.newApiKey(id, { preset: 'read_only' }), 'x'), 403, 'insufficient_scope');
  });
});
