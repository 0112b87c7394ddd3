import { tableChecksums } from '@appstead/database/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { call, expectProblem } from '../../testing/call.ts';
import { password, type TestOrganization } from '../../testing/organization.ts';
import { type Harness, startServer } from '../../testing/server-harness.ts';

const windowMs = 300_000;
let server: Harness;
let organization: TestOrganization;
beforeAll(async () => {
  server = await startServer();
  organization = await server.newOrganization();
});
afterAll(() => server.close());
beforeEach(async () => {
  server.state.offsetMs = 0;
  await server.admin.query({ text: 'DELETE FROM rate_limits' });
});

const signIn = (email: string, given = password) => call(server.url, '/v1/auth/login', { body: { email, password: given } });

describe('signIn', () => {
  it('200 starts a session of fifteen minutes for the address in any case', async () => {
    for (const email of [organization.ownerEmail, organization.ownerEmail.toUpperCase()]) {
      const signedIn = await signIn(email);
      expect(signedIn.status).toBe(200);
      const { user, session } = signedIn.body;
      expect(user).toMatchObject({ id: organization.ownerId, email: organization.ownerEmail, role: 'owner' });
      expect(Math.abs(Date.parse(session.expires_at) - Date.now() - 15 * 60_000)).toBeLessThan(10_000);
      expect((await call(server.url, '/v1/apps', { key: session.access_token })).status).toBe(200);
    }
  });

  it('401 invalid_credential for an access token after its end, although it was used just before', async () => {
    const { session } = (await signIn(organization.ownerEmail)).body;
    const endsInMs = Date.parse(session.expires_at) - Date.now();
    server.state.offsetMs = endsInMs - 4_000;
    expect((await call(server.url, '/v1/apps', { key: session.access_token })).status).toBe(200);
    server.state.offsetMs = endsInMs;
    const expired = await call(server.url, '/v1/apps', { key: session.access_token });
    expectProblem(expired, 401, 'invalid_credential');
    expect(expired.headers.get('www-authenticate')).toContain('error="invalid_token"');
  });

  it('401 invalid_sign_in looks the same for an unknown address, a wrong password and a removed person', async () => {
    const removed = await server.newUser(organization.id, 'member');
    await server.admin.query({ text: 'UPDATE users SET removed_at = now() WHERE id = $1', values: [removed.id] });
    const answers = [
      await signIn('nobody@example.com'),
      await signIn(organization.ownerEmail, 'wrong horse battery staple'),
      await signIn(`member-${removed.id}@example.com`),
      await signIn(organization.ownerEmail, `${password} `),
    ];
    const shown = answers.map(({ status, headers, body }) => {
      const { 'x-request-id': _, date, ratelimit, ...others } = Object.fromEntries(headers);
      return { status, headers: others, body: { ...body, request_id: '' } };
    });
    for (const answer of answers) expectProblem(answer, 401, 'invalid_sign_in');
    for (const one of shown) expect(one).toEqual(shown[0]);
    expect(shown[0]?.headers['www-authenticate']).toBe('Bearer realm="appstead"');
  });

  it('takes as long for an unknown address as for a wrong password', async () => {
    const timesMs = { unknown: [] as number[], wrong: [] as number[] };
    await signIn('nobody@example.com');
    for (let round = 0; round < 9; round++) {
      for (const [kind, email] of [['unknown', 'nobody@example.com'] as const, ['wrong', organization.ownerEmail] as const]) {
        const startedAt = performance.now();
        await signIn(email, 'wrong horse battery staple');
        timesMs[kind].push(performance.now() - startedAt);
      }
    }
    // Hashing is most of it: without it an unknown address answers several times faster. The fastest of nine is free of other load.
    const ratio = Math.min(...timesMs.unknown) / Math.min(...timesMs.wrong);
    expect(ratio).toBeGreaterThan(0.5);
    expect(ratio).toBeLessThan(2);
  });

  it('a refused sign-in stores nothing, a successful one leaves session.created', async () => {
    const { rate_limits: _, ...before } = await tableChecksums(server.admin);
    await signIn(organization.ownerEmail, 'wrong horse battery staple');
    const { rate_limits, ...after } = await tableChecksums(server.admin);
    expect(after).toEqual(before);
    await signIn(organization.ownerEmail);
    const { body } = await call(server.url, '/v1/audit-events?action=session.created&limit=1', { key: organization.organizationKey });
    expect(body.audit_events[0]).toMatchObject({ actor: { type: 'user', id: organization.ownerId }, resource: { type: 'session' } });
    expect(body.audit_events[0].changes).toEqual({ user_id: { before: null, after: organization.ownerId } });
  });

  it('429 rate_limited from the 31st try of five minutes on, also with the right password', async () => {
    server.state.offsetMs = windowMs - (Date.now() % windowMs) + 1000;
    for (let n = 0; n < 30; n++) {
      const answer = await call(server.url, '/v1/auth/login', { body: {} });
      expect([answer.status, answer.headers.get('ratelimit')?.split(';')[1]]).toEqual([400, `r=${29 - n}`]);
    }
    const limited = await signIn(organization.ownerEmail);
    expectProblem(limited, 429, 'rate_limited');
    expect(limited.headers.get('ratelimit-policy')).toBe('"sign-in";q=30;w=300');
    server.state.offsetMs += Number(limited.headers.get('retry-after')) * 1000;
    expect((await signIn(organization.ownerEmail)).status).toBe(200);
  });
});
