import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { auditActions } from '../../testing/audit-actions.ts';
import { call, expectProblem } from '../../testing/call.ts';
import { type Harness, startServer } from '../../testing/server-harness.ts';

let server: Harness;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());

describe('getAccount', () => {
  it('200 shows the signed-in person and their organization, whatever their role', async () => {
    const { id } = await server.newOrganization();
    const developer = await server.newUser(id, 'developer');
    const answer = await call(server.url, '/v1/account', { key: developer.session });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('etag')).toBe('"1"');
    expect(answer.body.user).toMatchObject({ id: developer.id, email: developer.email, role: 'developer' });
    expect(answer.body.organization).toMatchObject({ id, name: 'Example Ltd' });
  });

  it('403 for keys, which are nobody', async () => {
    const { organizationKey, id } = await server.newOrganization();
    expectProblem(await call(server.url, '/v1/account', { key: organizationKey }), 403, 'not_allowed');
    expectProblem(await call(server.url, '/v1/account', { key: await server.newApiKey(id, { preset: 'full' }) }), 403, 'not_allowed');
  });
});

describe('updateAccount', () => {
  it('200 changes the name for the next request and leaves user.updated', async () => {
    const { session, ownerId } = await server.newOrganization();
    const changed = await call(server.url, '/v1/account', { key: session, method: 'PATCH', body: { name: 'Ada King' } });
    expect(changed.body.user).toMatchObject({ id: ownerId, name: 'Ada King' });
    expect(changed.headers.get('etag')).toBe('"2"');
    expect((await call(server.url, '/v1/account', { key: session })).body).toEqual(changed.body);
    expect(await auditActions(server.admin, ownerId)).toEqual(['user.updated']);
  });

  it('412 when the account has changed since its ETag was read, and changes nothing', async () => {
    const { session } = await server.newOrganization();
    const rename = (name: string, etag: string) =>
      call(server.url, '/v1/account', { key: session, method: 'PATCH', body: { name }, headers: { 'If-Match': etag } });
    expect((await rename('first', '"1"')).status).toBe(200);
    expectProblem(await rename('second', '"1"'), 412, 'precondition_failed');
    expect((await call(server.url, '/v1/account', { key: session })).body.user.name).toBe('first');
  });

  it('400 for a name of nothing but blanks', async () => {
    const { session } = await server.newOrganization();
    expectProblem(await call(server.url, '/v1/account', { key: session, method: 'PATCH', body: { name: ' \n' } }), 400, 'invalid_request');
  });
});
