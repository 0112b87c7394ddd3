import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { auditActions } from '../../testing/audit-actions.ts';
import { call, expectProblem } from '../../testing/call.ts';
import { type Harness, startServer } from '../../testing/server-harness.ts';

let server: Harness;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());

const invite = (key: string, email: string, role = 'member', headers = {}) =>
  call(server.url, '/v1/invitations', { key, body: { email, role }, headers });
const accept = (token: string, email: string) =>
  call(server.url, '/v1/invitations/accept', { body: { token, email, name: 'Grace Hopper', password: 'correct horse battery staple' } });
const address = () => `${crypto.randomUUID()}@example.com`;

describe('createInvitation', () => {
  it('201 shows the token once, stores only its hash, and leaves invitation.created', async () => {
    const { session, ownerId } = await server.newOrganization();
    const email = address();
    const { status, body } = await invite(session, email);
    expect(status).toBe(201);
    expect(body.token).toMatch(/^inv_[0-9A-Za-z]{33}$/);
    expect(body.invitation).toMatchObject({ email, role: 'member', status: 'open', invited_by: ownerId });
    expect(Date.parse(body.invitation.expires_at) - Date.parse(body.invitation.created_at)).toBe(7 * 24 * 60 * 60 * 1000);
    const listed = await call(server.url, '/v1/invitations', { key: session });
    expect(listed.body.invitations).toEqual([body.invitation]);
    const stored = await server.admin.query({
      text: `SELECT row_to_json(invitations)::text, (SELECT jsonb_agg(messages) FROM messages)::text AS messages,
        (SELECT jsonb_agg(audit_events) FROM audit_events)::text AS trail FROM invitations WHERE id = $1`,
      values: [body.invitation.id],
    });
    expect(JSON.stringify(stored.rows)).not.toContain(body.token);
    expect(await auditActions(server.admin, body.invitation.id)).toEqual(['invitation.created']);
  });

  it('without mail keeps the message for admins, and logs where it waits and for whom, never the token', async () => {
    const { session, id } = await server.newOrganization();
    const email = address();
    const { token } = (await invite(session, email)).body;
    const line = server.log.map((text) => JSON.parse(text)).find(({ recipient }) => recipient === email);
    expect(line).toMatchObject({ msg: 'no mail is configured: a message waits in listMessages', messageId: expect.any(String) });
    expect(server.log.join('')).not.toContain(token);
    const { session: admin } = await server.newUser(id, 'admin');
    const [message] = (await call(server.url, '/v1/messages', { key: admin })).body.messages;
    expect(message).toMatchObject({ id: line.messageId, to: email, subject: 'You are invited to Example Ltd', status: 'kept' });
    expect(message.text).toContain(`\n${token}\n`);
  });

  it('replaces the open invitation to the same address, whatever the case of its letters', async () => {
    const { session } = await server.newOrganization();
    const email = address();
    const first = (await invite(session, email)).body;
    const second = (await invite(session, email.toUpperCase(), 'admin')).body;
    const refused = await accept(first.token, email);
    expectProblem(refused, 409, 'invitation_closed');
    expect(refused.body).toMatchObject({ current_state: 'replaced', legal_moves: ['createInvitation'] });
    const { user } = (await accept(second.token, email)).body;
    expect(user.role).toBe('admin');
  });

  it('of several to one address at the same moment, leaves one open', async () => {
    const { session } = await server.newOrganization();
    const email = address();
    const statuses = (await Promise.all([1, 2, 3, 4].map(() => invite(session, email)))).map(({ status }) => status);
    expect(statuses).toEqual([201, 201, 201, 201]);
    expect((await call(server.url, '/v1/invitations?status=open', { key: session })).body.invitations).toHaveLength(1);
    expect((await call(server.url, '/v1/invitations?status=replaced', { key: session })).body.invitations).toHaveLength(3);
  });

  it('409 email_taken for a member of this organization and of any other, whatever the case of its letters', async () => {
    const { session, ownerEmail } = await server.newOrganization();
    const { ownerEmail: elsewhere } = await server.newOrganization();
    expectProblem(await invite(session, ownerEmail), 409, 'email_taken');
    expectProblem(await invite(session, elsewhere.toUpperCase()), 409, 'email_taken');
  });

  it('invites again who has left', async () => {
    const { session, id } = await server.newOrganization();
    const member = await server.newUser(id, 'member');
    await call(server.url, `/v1/members/${member.id}`, { key: session, method: 'DELETE' });
    const { token } = (await invite(session, member.email)).body;
    expect((await accept(token, member.email)).status).toBe(201);
  });

  it('403 for a role above the inviter’s own, and for everybody below admin', async () => {
    const { id } = await server.newOrganization();
    const admin = (await server.newUser(id, 'admin')).session;
    expectProblem(await invite(admin, address(), 'owner'), 403, 'insufficient_role');
    expect((await invite(admin, address(), 'admin')).status).toBe(201);
    expectProblem(await invite((await server.newUser(id, 'member')).session, address()), 403, 'insufficient_role');
  });

  it('gives the same token again under the same Idempotency-Key, and sends one message', async () => {
    const { session } = await server.newOrganization();
    const email = address();
    const once = await invite(session, email, 'member', { 'Idempotency-Key': 'one' });
    const again = await invite(session, email, 'member', { 'Idempotency-Key': 'one' });
    expect(again.text).toBe(once.text);
    expect((await call(server.url, '/v1/messages', { key: session })).body.messages).toHaveLength(1);
  });

  it('stops with what gave the inviter the right to it: removal ends all, demotion what goes beyond the new role', async () => {
    const { session, id } = await server.newOrganization();
    const [inviter, member] = [await server.newUser(id, 'owner'), address()];
    const forOwner = (await invite(inviter.session, address(), 'owner')).body;
    const forMember = (await invite(inviter.session, member)).body;
    const statusOf = async (invitationId: string) =>
      (await call(server.url, '/v1/invitations', { key: session })).body.invitations.find(
        ({ id: each }: { id: string }) => each === invitationId,
      ).status;
    await call(server.url, `/v1/members/${inviter.id}`, { key: session, method: 'PATCH', body: { role: 'admin' } });
    expect([await statusOf(forOwner.invitation.id), await statusOf(forMember.invitation.id)]).toEqual(['revoked', 'open']);
    await call(server.url, `/v1/members/${inviter.id}`, { key: session, method: 'DELETE' });
    expect(await statusOf(forMember.invitation.id)).toBe('revoked');
    expectProblem(await accept(forMember.token, member), 409, 'invitation_closed');
  });
});

describe('listMessages', () => {
  it('shows the token of an owner’s invitation to owners only, because it would make an admin an owner', async () => {
    const { session, id } = await server.newOrganization();
    await invite(session, address(), 'owner');
    await invite(session, address(), 'member');
    const { session: admin } = await server.newUser(id, 'admin');
    expect((await call(server.url, '/v1/messages', { key: session })).body.messages).toHaveLength(2);
    expect((await call(server.url, '/v1/messages', { key: admin })).body.messages).toHaveLength(1);
    expectProblem(await call(server.url, '/v1/messages', { key: (await server.newUser(id, 'member')).session }), 403, 'insufficient_role');
  });

  it('shows nothing of another organization', async () => {
    await invite((await server.newOrganization()).session, address());
    expect((await call(server.url, '/v1/messages', { key: (await server.newOrganization()).session })).body.messages).toEqual([]);
  });
});
