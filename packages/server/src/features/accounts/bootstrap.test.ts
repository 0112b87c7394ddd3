import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { call } from '../../testing/call.ts';
import { type Harness, startServer } from '../../testing/server-harness.ts';
import { bootstrap } from './bootstrap.ts';

let server: Harness;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());

describe('bootstrap', () => {
  it('makes one first organization when five processes start at once, and none ever after', async () => {
    const email = 'owner@example.com';
    const made = await Promise.all(Array.from({ length: 5 }, () => bootstrap(server.db, { email })));
    const [first, ...others] = made.filter((one) => one !== undefined);
    expect(others).toEqual([]);
    expect(await bootstrap(server.db, { email: 'second@example.com' })).toBeUndefined();
    expect((await server.admin.query({ text: 'SELECT id FROM organizations' })).rowCount).toBe(1);

    // What it returns works: the key, and signing in as the owner.
    expect((await call(server.url, '/v1/apps', { key: first?.organizationKey ?? '', body: { name: 'First' } })).status).toBe(201);
    const signedIn = await call(server.url, '/v1/auth/login', { body: { email, password: first?.password } });
    expect([signedIn.status, signedIn.body.user?.role]).toEqual([200, 'owner']);
    const entries = await call(server.url, '/v1/audit-events?action=organization.created', { key: signedIn.body.session.access_token });
    expect(entries.body.audit_events.map(({ actor }: { actor: object }) => actor)).toEqual([
      { type: 'system', id: null, name: 'first start' },
    ]);
  });
});
