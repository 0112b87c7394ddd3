import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createKey } from '../../keys/key-format.ts';
import { call, expectProblem } from '../../testing/call.ts';
import { password, type TestOrganization } from '../../testing/organization.ts';
import { type Harness, startServer } from '../../testing/server-harness.ts';

let server: Harness;
let organization: TestOrganization;
beforeAll(async () => {
  server = await startServer();
  organization = await server.newOrganization();
});
afterAll(() => server.close());
beforeEach(() => server.admin.query({ text: 'DELETE FROM rate_limits' }));

type Session = { access_token: string; refresh_token: string };
const signIn = async (): Promise<Session> =>
  (await call(server.url, '/v1/auth/login', { body: { email: organization.ownerEmail, password } })).body.session;
const signOut = (token: string) => call(server.url, '/v1/auth/logout', { body: { refresh_token: token } });
const use = ({ access_token }: Session) => call(server.url, '/v1/apps', { key: access_token });

describe('signOut', () => {
  it('200 ends the session with the answer, although its access tokens were used just before; other sessions go on', async () => {
    const [session, other] = [await signIn(), await signIn()];
    const renewed: Session = (await call(server.url, '/v1/auth/refresh', { body: { refresh_token: session.refresh_token } })).body.session;
    for (const each of [session, renewed, other]) expect((await use(each)).status).toBe(200);
    const ended = await signOut(renewed.refresh_token);
    expect([ended.status, ended.body]).toEqual([200, { success: true, signed_out: true }]);
    for (const each of [session, renewed]) expectProblem(await use(each), 401, 'invalid_credential');
    expect((await call(server.url, '/v1/auth/refresh', { body: { refresh_token: renewed.refresh_token } })).status).toBe(401);
    expect((await use(other)).status).toBe(200);
  });

  it('200 ends the session also with a refresh token that was used up', async () => {
    const session = await signIn();
    const renewed: Session = (await call(server.url, '/v1/auth/refresh', { body: { refresh_token: session.refresh_token } })).body.session;
    await signOut(session.refresh_token);
    expectProblem(await use(renewed), 401, 'invalid_credential');
  });

  it('200 says the same to a token that was signed out, that nobody has, and that is none', async () => {
    const session = await signIn();
    await signOut(session.refresh_token);
    for (const token of [session.refresh_token, createKey('rt'), 'hello', session.access_token.slice(0, 200)]) {
      const answer = await signOut(token);
      expect([answer.status, answer.body]).toEqual([200, { success: true, signed_out: true }]);
    }
  });

  it('leaves one session.ended, however often it is asked', async () => {
    const count = async () =>
      (await call(server.url, '/v1/audit-events?action=session.ended&limit=200', { key: organization.organizationKey })).body.audit_events
        .length;
    const before = await count();
    const session = await signIn();
    await Promise.all([signOut(session.refresh_token), signOut(session.refresh_token), signOut(session.refresh_token)]);
    expect(await count()).toBe(before + 1);
  });
});
