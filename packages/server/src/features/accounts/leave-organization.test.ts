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

const leave = (key: string) => call(server.url, '/v1/account/leave', { key, method: 'POST' });

describe('leaveOrganization', () => {
  it('200 ends the sessions and the API keys of who left on the next request, and leaves member.left', async () => {
    const { id } = await server.newOrganization();
    const admin = await server.newUser(id, 'admin');
    const key = await server.newApiKey(id, { preset: 'full', createdBy: admin.id });
    expect((await call(server.url, '/v1/organization', { key })).status).toBe(200);
    expect((await leave(admin.session)).body).toEqual({ success: true, removed: true });
    expectProblem(await call(server.url, '/v1/account', { key: admin.session }), 401, 'invalid_credential');
    expectProblem(await call(server.url, '/v1/organization', { key }), 401, 'invalid_credential');
    expectProblem(await call(server.url, '/v1/auth/login', { body: { email: admin.email, password } }), 401, 'invalid_sign_in');
    expect(await auditActions(server.admin, admin.id)).toEqual(['member.left']);
    const { rows } = await server.admin.query({
      text: 'SELECT revoked_at IS NOT NULL AS revoked FROM api_keys WHERE created_by = $1',
      values: [admin.id],
    });
    expect(rows).toEqual([{ revoked: true }]);
  });

  it('409 last_owner for the only owner, however many others there are, and ends nothing', async () => {
    const { session, id } = await server.newOrganization();
    await server.newUser(id, 'admin');
    const refused = await leave(session);
    expectProblem(refused, 409, 'last_owner');
    expect(refused.body).toMatchObject({ current_state: 'only owner', legal_moves: ['updateMember'] });
    expect((await call(server.url, '/v1/account', { key: session })).status).toBe(200);
  });

  it('of two owners who leave at the same moment, one stays', async () => {
    for (let round = 0; round < 3; round++) {
      const { session, id } = await server.newOrganization();
      const other = await server.newUser(id, 'owner');
      server.state.beforeTransaction = meetingOf(2);
      const answers = await Promise.all([leave(session), leave(other.session)]);
      server.state.beforeTransaction = undefined;
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
      expect(answers.find(({ status }) => status === 409)?.body.code).toBe('last_owner');
    }
  });

  it('of five owners who leave at the same moment, one stays', async () => {
    const { session, id } = await server.newOrganization();
    const sessions = [session];
    for (let n = 0; n < 4; n++) sessions.push((await server.newUser(id, 'owner')).session);
    server.state.beforeTransaction = meetingOf(5);
    const statuses = (await Promise.all(sessions.map(leave))).map(({ status }) => status);
    server.state.beforeTransaction = undefined;
    expect(statuses.sort()).toEqual([200, 200, 200, 200, 409]);
  });
});
