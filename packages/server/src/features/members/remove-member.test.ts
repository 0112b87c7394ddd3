import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { auditActions } from '../../testing/audit-actions.ts';
import { call, expectProblem } from '../../testing/call.ts';
import { meetingOf } from '../../testing/meeting.ts';
import { password } from '../../testing/organization.ts';
import { type Harness, startServer } from '../../testing/server-harness.ts';

let server: Harness;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());

const remove = (key: string, memberId: string) => call(server.url, `/v1/members/${memberId}`, { key, method: 'DELETE' });

describe('removeMember', () => {
  it('200 ends sessions, refresh tokens and API keys of the member on the next request, and leaves member.removed', async () => {
    const { id, session } = await server.newOrganization();
    const member = await server.newUser(id, 'member');
    const signedIn = (await call(server.url, '/v1/auth/login', { body: { email: member.email, password } })).body.session;
    const key = await server.newApiKey(id, { scopes: ['apps:read'], createdBy: member.id });
    for (const credential of [member.session, signedIn.access_token, key]) {
      expect((await call(server.url, '/v1/apps', { key: credential })).status).toBe(200);
    }
    expect((await remove(session, member.id)).body).toEqual({ success: true, removed: true });
    for (const credential of [member.session, signedIn.access_token, key]) {
      expectProblem(await call(server.url, '/v1/apps', { key: credential }), 401, 'invalid_credential');
    }
    const refreshed = await call(server.url, '/v1/auth/refresh', { body: { refresh_token: signedIn.refresh_token } });
    expectProblem(refreshed, 401, 'invalid_refresh_token');
    expect(await auditActions(server.admin, member.id)).toEqual(['member.removed']);
    const { rows } = await server.admin.query({
      text: `SELECT (SELECT count(*)::integer FROM sessions WHERE user_id = $1 AND (ended_at IS NULL OR ended_by <> 'removal')) AS sessions,
        (SELECT count(*)::integer FROM keys JOIN api_keys ON api_keys.id = keys.api_key_id WHERE api_keys.created_by = $1 AND keys.revoked_at IS NULL) AS keys`,
      values: [member.id],
    });
    expect(rows).toEqual([{ sessions: 0, keys: 0 }]);
  });

  it('leaves the API keys of everybody else alone', async () => {
    const { id, session } = await server.newOrganization();
    const member = await server.newUser(id, 'admin');
    const key = await server.newApiKey(id, { scopes: ['apps:read'] });
    await remove(session, member.id);
    expect((await call(server.url, '/v1/apps', { key })).status).toBe(200);
  });

  it('takes the member out of every team', async () => {
    const { id, session } = await server.newOrganization();
    const member = await server.newUser(id, 'member');
    await server.admin.query({
      text: `INSERT INTO team_members (organization_id, team_id, user_id, role, created_at)
        SELECT organization_id, id, $2, 'admin', now() FROM teams WHERE organization_id = $1`,
      values: [id, member.id],
    });
    await remove(session, member.id);
    expect((await server.admin.query({ text: 'SELECT FROM team_members WHERE user_id = $1', values: [member.id] })).rowCount).toBe(0);
  });

  it('403 for oneself, and for admins who remove admins and owners', async () => {
    const { id, session, ownerId } = await server.newOrganization();
    const [admin, otherAdmin] = [await server.newUser(id, 'admin'), await server.newUser(id, 'admin')];
    expectProblem(await remove(session, ownerId), 403, 'insufficient_role');
    expectProblem(await remove(admin.session, admin.id), 403, 'insufficient_role');
    expectProblem(await remove(admin.session, otherAdmin.id), 403, 'insufficient_role');
    expectProblem(await remove(admin.session, ownerId), 403, 'insufficient_role');
    expect((await remove(session, otherAdmin.id)).status).toBe(200);
  });

  it('404 for somebody of another organization, and for who was removed before', async () => {
    const { id, session } = await server.newOrganization();
    const member = await server.newUser(id, 'member');
    expectProblem(await remove((await server.newOrganization()).session, member.id), 404, 'member_not_found');
    expect((await remove(session, member.id)).status).toBe(200);
    expectProblem(await remove(session, member.id), 404, 'member_not_found');
  });

  it('of two owners who remove each other at the same moment, one stays', async () => {
    const { id, session, ownerId } = await server.newOrganization();
    const other = await server.newUser(id, 'owner');
    server.state.beforeTransaction = meetingOf(2);
    const answers = await Promise.all([remove(session, other.id), remove(other.session, ownerId)]);
    server.state.beforeTransaction = undefined;
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect(answers.find(({ status }) => status === 409)?.body.code).toBe('last_owner');
  });
});
