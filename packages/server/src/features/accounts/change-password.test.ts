import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { auditActions } from '../../testing/audit-actions.ts';
import { call, expectProblem } from '../../testing/call.ts';
import { password } from '../../testing/organization.ts';
import { type Harness, startServer } from '../../testing/server-harness.ts';

let server: Harness;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());

const newPassword = 'wrong zebra capacitor paperclip';
const change = (key: string, current_password = password) =>
  call(server.url, '/v1/account/password', { key, body: { current_password, new_password: newPassword } });
const signIn = (email: string, secret: string) => call(server.url, '/v1/auth/login', { body: { email, password: secret } });

describe('changePassword', () => {
  it('200 ends every other session at once, its refresh token included, and keeps the one that asked', async () => {
    const { session, ownerEmail, ownerId } = await server.newOrganization();
    const other = (await signIn(ownerEmail, password)).body.session;
    expect((await change(session)).status).toBe(200);
    expect((await call(server.url, '/v1/account', { key: session })).status).toBe(200);
    expectProblem(await call(server.url, '/v1/account', { key: other.access_token }), 401, 'invalid_credential');
    const refreshed = await call(server.url, '/v1/auth/refresh', { body: { refresh_token: other.refresh_token } });
    expectProblem(refreshed, 401, 'invalid_refresh_token');
    expect(await auditActions(server.admin, ownerId)).toEqual(['user.password_changed']);
  });

  it('takes the new password from then on and never the old one, and keeps neither anywhere in clear', async () => {
    const { session, ownerEmail } = await server.newOrganization();
    await change(session);
    expectProblem(await signIn(ownerEmail, password), 401, 'invalid_sign_in');
    expect((await signIn(ownerEmail, newPassword)).status).toBe(200);
    const { rows } = await server.admin.query({
      text: 'SELECT row_to_json(users)::text, (SELECT jsonb_agg(changes) FROM audit_events)::text FROM users',
    });
    expect(JSON.stringify(rows) + server.log.join('')).not.toContain('zebra');
  });

  it('403 wrong_password changes nothing and ends nothing', async () => {
    const { session, ownerEmail } = await server.newOrganization();
    const other = (await signIn(ownerEmail, password)).body.session;
    expectProblem(await change(session, 'not the password'), 403, 'wrong_password');
    expect((await call(server.url, '/v1/account', { key: other.access_token })).status).toBe(200);
    expect((await signIn(ownerEmail, password)).status).toBe(200);
  });

  it('of two at the same moment with the same current password, one is refused', async () => {
    const { session, ownerEmail } = await server.newOrganization();
    const again = (await signIn(ownerEmail, password)).body.session.access_token;
    const statuses = (await Promise.all([change(session), change(again)])).map(({ status }) => status).sort();
    expect(statuses[0]).toBe(200);
    expect([401, 403]).toContain(statuses[1]);
  });

  it('429 after 10 tries of one person, whatever their session and address, and of nobody else', async () => {
    const { session, ownerEmail, id } = await server.newOrganization();
    const other = (await signIn(ownerEmail, password)).body.session.access_token;
    for (let n = 0; n < 10; n++) {
      const refused = await change(n % 2 ? session : other, 'not the password');
      expect([refused.status, refused.headers.get('ratelimit')?.replace(/t=\d+/, 't=…')]).toEqual([403, `"password";r=${9 - n};t=…`]);
    }
    const limited = await change(session);
    expectProblem(limited, 429, 'rate_limited');
    expect(Number(limited.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(limited.headers.get('ratelimit-policy')).toBe('"password";q=10;w=900');
    const { session: member } = await server.newUser(id, 'member');
    expect((await change(member)).status).toBe(200);
    expectProblem(await change('not-a-credential'), 401, 'invalid_credential');
  });
});
