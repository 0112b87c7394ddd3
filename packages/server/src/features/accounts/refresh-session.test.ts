import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createKey } from '../../keys/key-format.ts';
import { type Answer, call, expectProblem } from '../../testing/call.ts';
import { password, type TestOrganization } from '../../testing/organization.ts';
import { type Harness, startServer } from '../../testing/server-harness.ts';

const dayMs = 24 * 3_600_000;
let server: Harness;
let organization: TestOrganization;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());
beforeEach(async () => {
  server.state.offsetMs = 0;
  await server.admin.query({ text: 'DELETE FROM rate_limits' });
  organization = await server.newOrganization();
});

type Session = { access_token: string; refresh_token: string; expires_at: string };
const signIn = async (): Promise<Session> =>
  (await call(server.url, '/v1/auth/login', { body: { email: organization.ownerEmail, password } })).body.session;
const refresh = (token: string) => call(server.url, '/v1/auth/refresh', { body: { refresh_token: token } });
const works = async ({ access_token }: Session) => (await call(server.url, '/v1/apps', { key: access_token })).status === 200;

function expectRefused(answer: Answer): void {
  expectProblem(answer, 401, 'invalid_refresh_token');
  expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="appstead"');
  expect(answer.body.detail).toBe('The refresh token is not valid');
}

describe('refreshSession', () => {
  it('200 gives a new pair, again and again, while the access tokens before go on to their end', async () => {
    const first = await signIn();
    const seen = new Set([first.refresh_token]);
    for (let session = first, n = 0; n < 3; n++) {
      server.state.offsetMs += 60_000;
      const renewed = await refresh(session.refresh_token);
      expect(renewed.status).toBe(200);
      session = renewed.body.session;
      expect(await works(session)).toBe(true);
      seen.add(session.refresh_token);
    }
    expect(seen.size).toBe(4);
    expect(await works(first)).toBe(true);
  });

  it('200 renews a session whose access token has ended', async () => {
    const session = await signIn();
    server.state.offsetMs = 2 * 3_600_000;
    expect(await works(session)).toBe(false);
    const renewed = await refresh(session.refresh_token);
    expect(await works(renewed.body.session)).toBe(true);
  });

  it('401 for a token that comes a second time ends the whole session: every refresh and access token of it', async () => {
    const [first, other] = [await signIn(), await signIn()];
    const second: Session = (await refresh(first.refresh_token)).body.session;
    expect([await works(first), await works(second)]).toEqual([true, true]);
    expectRefused(await refresh(first.refresh_token));
    expect([await works(first), await works(second)]).toEqual([false, false]);
    expectRefused(await refresh(second.refresh_token));
    // The person's other session has nothing to do with it.
    expect(await works(other)).toBe(true);
    const { body } = await call(server.url, '/v1/audit-events?action=session.refreshed&limit=1', { key: organization.organizationKey });
    expect(body.audit_events[0].changes).toEqual({ ended_by: { before: null, after: 'replay' } });
  });

  it('of five who send one token at once at most one is renewed, and the session is over', async () => {
    const session = await signIn();
    const answers = await Promise.all(Array.from({ length: 5 }, () => refresh(session.refresh_token)));
    const renewed = answers.filter(({ status }) => status === 200);
    expect(renewed).toHaveLength(1);
    for (const answer of answers) if (!renewed.includes(answer)) expectRefused(answer);
    expect(await works(session)).toBe(false);
    expectRefused(await refresh(renewed[0]?.body.session.refresh_token));
  });

  it('401 in the same words for a token that has ended, of a session that is over, of a removed person, and of nobody', async () => {
    const [old, over] = [await signIn(), await signIn()];
    await call(server.url, '/v1/auth/logout', { body: { refresh_token: over.refresh_token } });
    expectRefused(await refresh(over.refresh_token));
    expectRefused(await refresh(createKey('rt')));
    for (const none of ['hello', old.access_token.slice(0, 200), organization.organizationKey]) expectRefused(await refresh(none));
    server.state.offsetMs = 30 * dayMs - 60_000;
    const last: Session = (await refresh(old.refresh_token)).body.session;
    server.state.offsetMs = 60 * dayMs;
    expectRefused(await refresh(last.refresh_token));
  });

  it('401 for a removed person', async () => {
    const member = await server.newUser(organization.id, 'member');
    const signedIn = await call(server.url, '/v1/auth/login', { body: { email: `member-${member.id}@example.com`, password } });
    await server.admin.query({ text: 'UPDATE users SET removed_at = now() WHERE id = $1', values: [member.id] });
    expectRefused(await refresh(signedIn.body.session.refresh_token));
  });

  it('429 rate_limited from the 301st of five minutes on', async () => {
    server.state.offsetMs = 300_000 - (Date.now() % 300_000) + 1000;
    await call(server.url, '/v1/auth/refresh', { body: {} });
    await server.admin.query({ text: `UPDATE rate_limits SET count = 299 WHERE bucket LIKE 'refresh:%'` });
    expectRefused(await refresh('hello'));
    expectProblem(await refresh('hello'), 429, 'rate_limited');
  });
});
