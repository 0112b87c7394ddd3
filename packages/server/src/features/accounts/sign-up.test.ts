import { tableChecksums } from '@appstead/database/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { call, expectProblem } from '../../testing/call.ts';
import { type Harness, startServer } from '../../testing/server-harness.ts';

const hourMs = 3_600_000;
let server: Harness;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());
beforeEach(async () => {
  server.state.signUp = true;
  await server.admin.query({ text: 'DELETE FROM rate_limits' });
});

const password = 'correct horse battery staple';
let people = 0;
const person = (fields: object = {}) => ({
  ...{ organization_name: 'Example Ltd', name: 'Ada Lovelace', email: `ada-${++people}@example.com`, password },
  ...fields,
});
const signUp = (body: object) => call(server.url, '/v1/auth/signup', { body });

describe('signUp', () => {
  it('201 makes an organization with its owner, a key and a session that work, and a project to put apps in', async () => {
    const sent = person({ email: 'Grace.Hopper@Example.com' });
    const made = await signUp(sent);
    expect(made.status).toBe(201);
    const { organization, user, organization_key, session } = made.body;
    expect(organization.name).toBe('Example Ltd');
    expect(user).toMatchObject({ name: 'Ada Lovelace', email: 'Grace.Hopper@Example.com', role: 'owner' });
    expect(organization_key).toMatch(/^apps_[0-9A-Za-z]{33}$/);
    const app = await call(server.url, '/v1/apps', { key: organization_key, body: { name: 'First' } });
    expect(app.body.app).toMatchObject({ organization_id: organization.id });
    const masked = await call(server.url, '/v1/organization/api-key', { key: session.access_token });
    expect(masked.body.organization_key.key).toBe(`apps_…${organization_key.slice(-4)}`);
    expect((await call(server.url, '/v1/auth/refresh', { body: { refresh_token: session.refresh_token } })).status).toBe(200);
    expect((await call(server.url, '/v1/auth/login', { body: { email: sent.email, password } })).status).toBe(200);
    expect(JSON.stringify(made.body)).not.toContain(password);
  });

  it('records organization.created with the owner as its actor', async () => {
    const { organization, user, organization_key } = (await signUp(person())).body;
    const { body } = await call(server.url, '/v1/audit-events?action=organization.created', { key: organization_key });
    expect(body.audit_events).toHaveLength(1);
    expect(body.audit_events[0]).toMatchObject({
      actor: { type: 'user', id: user.id, name: 'Ada Lovelace' },
      resource: { type: 'organization', id: organization.id },
      changes: { name: { before: null, after: 'Example Ltd' } },
    });
  });

  it('stores the password as argon2id and nothing else of it', async () => {
    const { user } = (await signUp(person())).body;
    const { rows } = await server.admin.query<{ password_hash: string }>({
      text: 'SELECT password_hash FROM users WHERE id = $1',
      values: [user.id],
    });
    expect(rows[0]?.password_hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  });

  it('409 email_taken for an address that somebody has, in any case, and makes nothing', async () => {
    const first = person();
    await signUp(first);
    const before = await stored();
    expectProblem(await signUp(person({ email: first.email.toUpperCase() })), 409, 'email_taken');
    expect(await stored()).toEqual(before);
  });

  it('409 email_taken for all but one of five who sign up with one address at once', async () => {
    const { email } = person();
    const statuses = await Promise.all(Array.from({ length: 5 }, async () => (await signUp(person({ email }))).status));
    expect(statuses.sort()).toEqual([201, 409, 409, 409, 409]);
  });

  it('403 signup_disabled while sign-up is switched off, and makes nothing', async () => {
    const before = await stored();
    server.state.signUp = false;
    expectProblem(await signUp(person()), 403, 'signup_disabled');
    expect(await stored()).toEqual(before);
    server.state.signUp = true;
    expect((await signUp(person())).status).toBe(201);
  });

  it('429 rate_limited from the eleventh of an hour on, whatever its outcome, with the headers of the limit', async () => {
    // From the start of a window on, so that the hour cannot end within the test.
    server.state.offsetMs = hourMs - (Date.now() % hourMs) + 1000;
    const left: (string | null)[] = [];
    for (let n = 0; n < 10; n++) {
      const refused = await signUp(person({ password: 'short' }));
      expectProblem(refused, 400, 'invalid_request');
      expect(refused.headers.get('ratelimit-policy')).toBe('"signup";q=10;w=3600');
      left.push(refused.headers.get('ratelimit')?.split(';')[1] ?? null);
    }
    expect(left).toEqual(['r=9', 'r=8', 'r=7', 'r=6', 'r=5', 'r=4', 'r=3', 'r=2', 'r=1', 'r=0']);
    const limited = await signUp(person());
    expectProblem(limited, 429, 'rate_limited');
    const seconds = Number(limited.headers.get('retry-after'));
    expect(seconds).toBeGreaterThan(3_500);
    expect(seconds).toBeLessThanOrEqual(3_600);
    expect(limited.headers.get('ratelimit')).toBe(`"signup";r=0;t=${seconds}`);
    server.state.offsetMs += seconds * 1000;
    expect((await signUp(person())).status).toBe(201);
  });
});

async function stored(): Promise<Record<string, string>> {
  const { rate_limits, ...tables } = await tableChecksums(server.admin);
  return tables;
}
