import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createKey } from '../../keys/key-format.ts';
import { auditActions } from '../../testing/audit-actions.ts';
import { call, expectProblem } from '../../testing/call.ts';
import { meetingOf } from '../../testing/meeting.ts';
import { type Harness, startServer } from '../../testing/server-harness.ts';

let server: Harness;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());

const password = 'correct horse battery staple';
const dayMs = 24 * 60 * 60 * 1000;
const accept = (token: string, email: string) =>
  call(server.url, '/v1/invitations/accept', { body: { token, email, name: 'Grace Hopper', password } });

async function invited(role = 'member') {
  const organization = await server.newOrganization();
  const email = `${crypto.randomUUID()}@example.com`;
  const { token, invitation } = (await call(server.url, '/v1/invitations', { key: organization.session, body: { email, role } })).body;
  return { ...organization, email, token, invitation };
}

describe('acceptInvitation', () => {
  it('201 makes the person a member with the invited role, signed in, and tells the inviter', async () => {
    const { id, email, token, invitation, session } = await invited('admin');
    const { status, body } = await accept(token, email.toUpperCase());
    expect(status).toBe(201);
    expect(body.user).toMatchObject({ name: 'Grace Hopper', email, role: 'admin' });
    const account = await call(server.url, '/v1/account', { key: body.session.access_token });
    expect(account.body).toMatchObject({ user: body.user, organization: { id } });
    expect((await call(server.url, '/v1/auth/login', { body: { email, password } })).status).toBe(200);
    const [notification] = (await call(server.url, '/v1/notifications', { key: session })).body.notifications;
    expect(notification).toMatchObject({
      kind: 'invitation_accepted',
      text: `Grace Hopper (${email}) accepted your invitation`,
      resource: { type: 'invitation', id: invitation.id },
    });
    expect(await auditActions(server.admin, invitation.id)).toEqual(['invitation.created', 'invitation.accepted']);
  });

  it('of five at the same moment lets one through, and makes one member', async () => {
    for (let round = 0; round < 3; round++) {
      const { email, token, session } = await invited();
      server.state.beforeTransaction = meetingOf(5);
      const answers = await Promise.all([1, 2, 3, 4, 5].map(() => accept(token, email)));
      server.state.beforeTransaction = undefined;
      expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409, 409]);
      for (const { body } of answers.filter(({ status }) => status === 409)) {
        expect(body).toMatchObject({ code: 'invitation_closed', current_state: 'accepted' });
      }
      expect((await call(server.url, '/v1/members', { key: session })).body.members).toHaveLength(2);
    }
  });

  it('404 for another address, word for word like an unknown token, a mistyped one and any other text', async () => {
    const { token, email } = await invited();
    const answers = await Promise.all([
      accept(token, 'somebody.else@example.com'),
      accept(createKey('inv'), email),
      accept(`${token.slice(0, -1)}!`, email),
      accept('x', email),
      accept(createKey('apps'), email),
    ]);
    for (const answer of answers) {
      expectProblem(answer, 404, 'invitation_not_found');
      expect({ ...answer.body, request_id: '' }).toEqual({ ...answers[0]?.body, request_id: '' });
    }
    expect((await accept(token, email)).status).toBe(201);
  });

  it('404 for another address also once the invitation is closed', async () => {
    const { token, email } = await invited();
    await accept(token, email);
    expectProblem(await accept(token, 'somebody.else@example.com'), 404, 'invitation_not_found');
  });

  it('409 invitation_closed says whether it was accepted, revoked or has expired', async () => {
    const [used, revoked, late] = [await invited(), await invited(), await invited()];
    await accept(used.token, used.email);
    await call(server.url, `/v1/invitations/${revoked.invitation.id}`, { key: revoked.session, method: 'DELETE' });
    const states = [await accept(used.token, used.email), await accept(revoked.token, revoked.email)];
    try {
      server.state.offsetMs = 7 * dayMs;
      states.push(await accept(late.token, late.email));
    } finally {
      server.state.offsetMs = 0;
    }
    for (const answer of states) expectProblem(answer, 409, 'invitation_closed');
    expect(states.map(({ body }) => body.current_state)).toEqual(['accepted', 'revoked', 'expired']);
  });

  it('works until the last moment of its 7 days', async () => {
    const { token, email } = await invited();
    try {
      server.state.offsetMs = 7 * dayMs - 60_000;
      expect((await accept(token, email)).status).toBe(201);
    } finally {
      server.state.offsetMs = 0;
    }
  });

  it('409 email_taken when the invited person signed up elsewhere in the meantime', async () => {
    const { token, email, session } = await invited();
    const body = { organization_name: 'Own', name: 'Grace', email, password };
    expect((await call(server.url, '/v1/auth/signup', { body })).status).toBe(201);
    expectProblem(await accept(token, email), 409, 'email_taken');
    expect((await call(server.url, '/v1/members', { key: session })).body.members).toHaveLength(1);
  });

  it('is no credential: the token opens nothing else', async () => {
    const { token } = await invited();
    expectProblem(await call(server.url, '/v1/account', { key: token }), 401, 'invalid_credential');
  });
});
