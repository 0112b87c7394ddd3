import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { auditActions } from '../../testing/audit-actions.ts';
import { call, expectProblem } from '../../testing/call.ts';
import { meetingOf } from '../../testing/meeting.ts';
import { type Harness, startServer } from '../../testing/server-harness.ts';

let server: Harness;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());

const setRole = (key: string, memberId: string, role: string, headers = {}) =>
  call(server.url, `/v1/members/${memberId}`, { key, method: 'PATCH', body: { role }, headers });

describe('updateMember', () => {
  it('200 changes the role for the very next request of the member and leaves member.updated', async () => {
    const { id, session } = await server.newOrganization();
    const member = await server.newUser(id, 'member');
    const invitations = () => call(server.url, '/v1/invitations', { key: member.session });
    expect((await invitations()).status).toBe(403);
    const promoted = await setRole(session, member.id, 'admin');
    expect([promoted.status, promoted.headers.get('etag'), promoted.body.member.role]).toEqual([200, '"2"', 'admin']);
    expect((await invitations()).status).toBe(200);
    await setRole(session, member.id, 'developer');
    expect((await invitations()).status).toBe(403);
    expect(await auditActions(server.admin, member.id)).toEqual(['member.updated', 'member.updated']);
  });

  it('403 insufficient_role for one’s own role, for admins who touch admins and owners, and for making owners as an admin', async () => {
    const { id, session, ownerId } = await server.newOrganization();
    const [admin, otherAdmin, member] = [
      await server.newUser(id, 'admin'),
      await server.newUser(id, 'admin'),
      await server.newUser(id, 'member'),
    ];
    expectProblem(await setRole(session, ownerId, 'admin'), 403, 'insufficient_role');
    expectProblem(await setRole(admin.session, admin.id, 'owner'), 403, 'insufficient_role');
    expectProblem(await setRole(admin.session, otherAdmin.id, 'member'), 403, 'insufficient_role');
    expectProblem(await setRole(admin.session, ownerId, 'member'), 403, 'insufficient_role');
    expectProblem(await setRole(admin.session, member.id, 'owner'), 403, 'insufficient_role');
    expect((await setRole(admin.session, member.id, 'admin')).status).toBe(200);
    expect((await setRole(session, otherAdmin.id, 'owner')).status).toBe(200);
  });

  it('404 member_not_found for somebody of another organization, exactly like nobody, and for who has left', async () => {
    const { id, session } = await server.newOrganization();
    const stranger = await server.newUser((await server.newOrganization()).id, 'member');
    const gone = await server.newUser(id, 'member');
    await call(server.url, `/v1/members/${gone.id}`, { key: session, method: 'DELETE' });
    const answers = [stranger.id, gone.id, '01939f5c-8b11-7f1e-9d3a-3b1f0a6f2c12'].map((each) => setRole(session, each, 'admin'));
    for (const answer of await Promise.all(answers)) {
      expectProblem(answer, 404, 'member_not_found');
      expect(answer.body.detail).toBe('There is no such member');
    }
  });

  it('412 when the member has changed since the ETag was read', async () => {
    const { id, session } = await server.newOrganization();
    const member = await server.newUser(id, 'member');
    const { headers } = await setRole(session, member.id, 'admin');
    expect((await setRole(session, member.id, 'member', { 'If-Match': headers.get('etag') })).status).toBe(200);
    expectProblem(await setRole(session, member.id, 'admin', { 'If-Match': headers.get('etag') }), 412, 'precondition_failed');
  });

  it('of two owners who demote each other at the same moment, one stays an owner', async () => {
    for (let round = 0; round < 3; round++) {
      const { id, session, ownerId } = await server.newOrganization();
      const other = await server.newUser(id, 'owner');
      server.state.beforeTransaction = meetingOf(2);
      const answers = await Promise.all([setRole(session, other.id, 'admin'), setRole(other.session, ownerId, 'admin')]);
      server.state.beforeTransaction = undefined;
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
      expect(answers.find(({ status }) => status === 409)?.body).toMatchObject({ code: 'last_owner', current_state: 'only owner' });
    }
  });

  it('refuses an owner who was demoted by another while the request waited, although a third owner is left', async () => {
    const { id, session, ownerId } = await server.newOrganization();
    const other = await server.newUser(id, 'owner');
    await server.newUser(id, 'owner');
    server.state.beforeTransaction = meetingOf(2);
    const answers = await Promise.all([setRole(session, other.id, 'member'), setRole(other.session, ownerId, 'member')]);
    server.state.beforeTransaction = undefined;
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 403]);
  });
});
