import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { call, expectProblem } from '../../testing/call.ts';
import { type Harness, startServer } from '../../testing/server-harness.ts';

let server: Harness;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());

const scopes = ['apps:read', 'apps:write'];

async function keyOf(role: 'admin' | 'member') {
  const { id, session } = await server.newOrganization();
  const creator = await server.newUser(id, role);
  const body = { name: 'Build server', scopes: role === 'admin' ? scopes : ['apps:read'] };
  const { api_key: apiKey } = (await call(server.url, '/v1/api-keys', { key: creator.session, body })).body;
  return {
    organizationId: id,
    owner: session,
    creatorId: creator.id,
    setRole: (to: string) => call(server.url, `/v1/members/${creator.id}`, { key: session, method: 'PATCH', body: { role: to } }),
    read: () => call(server.url, '/v1/apps', { key: apiKey.key }),
    write: () => call(server.url, '/v1/apps', { key: apiKey.key, body: { name: 'App' } }),
    show: async () => (await call(server.url, `/v1/api-keys/${apiKey.id}`, { key: session })).body.api_key,
  };
}

describe('an API key never exceeds its creator', () => {
  it('shrinks on the next request when the creator is demoted, and grows back with them', async () => {
    const { read, write, show, setRole } = await keyOf('admin');
    expect([(await read()).status, (await write()).status]).toEqual([200, 201]);
    await setRole('member');
    expect((await read()).status).toBe(200);
    expectProblem(await write(), 403, 'insufficient_scope');
    expect(await show()).toMatchObject({ scopes, effective_scopes: ['apps:read'] });
    await setRole('developer');
    expectProblem(await read(), 403, 'insufficient_scope');
    expect(await show()).toMatchObject({ scopes, effective_scopes: [] });
    await setRole('admin');
    expect((await write()).status).toBe(201);
    expect(await show()).toMatchObject({ effective_scopes: scopes });
  });

  it('ends on the next request when the creator is removed', async () => {
    const { read, owner, creatorId } = await keyOf('member');
    expect((await read()).status).toBe(200);
    expect((await call(server.url, `/v1/members/${creatorId}`, { key: owner, method: 'DELETE' })).status).toBe(200);
    expectProblem(await read(), 401, 'invalid_credential');
  });

  it('ends with its creator even when nobody revoked it', async () => {
    const { read, show, creatorId } = await keyOf('member');
    await server.admin.query({ text: 'UPDATE users SET removed_at = now() WHERE id = $1', values: [creatorId] });
    await expect.poll(async () => (await read()).status).toBe(401);
    expect(await show()).toMatchObject({ scopes: ['apps:read'], effective_scopes: [] });
  });

  it('is told in the view of a preset as well: what it stands for, and what is left of it', async () => {
    const { id, session } = await server.newOrganization();
    const admin = await server.newUser(id, 'admin');
    const { api_key: apiKey } = (await call(server.url, '/v1/api-keys', { key: admin.session, body: { name: 'All', preset: 'read_only' } }))
      .body;
    expect(apiKey.effective_scopes).toEqual(apiKey.scopes);
    await call(server.url, `/v1/members/${admin.id}`, { key: session, method: 'PATCH', body: { role: 'member' } });
    const shown = (await call(server.url, `/v1/api-keys/${apiKey.id}`, { key: admin.session })).body.api_key;
    expect(shown.scopes).toEqual(apiKey.scopes);
    expect(shown.effective_scopes).toEqual(apiKey.scopes.filter((scope: string) => scope !== 'audit:read'));
  });
});
