import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { call, expectProblem } from '../../testing/call.ts';
import { type Harness, startServer } from '../../testing/server-harness.ts';

let server: Harness;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());

async function newTeam() {
  const organization = await server.newOrganization();
  const { team } = (await call(server.url, '/v1/teams', { key: organization.organizationKey, body: { name: 'Mobile' } })).body;
  return { ...organization, teamId: team.id as string };
}

const place = (teamId: string, memberId: string) => `/v1/teams/${teamId}/members/${memberId}`;
const put = (key: string, teamId: string, memberId: string, role: string) =>
  call(server.url, place(teamId, memberId), { key, method: 'PUT', body: { role } });

describe('putTeamMember', () => {
  it('puts a member into the team and changes their role, and the same once more changes nothing', async () => {
    const { session, organizationKey: key, id, teamId } = await newTeam();
    const member = await server.newUser(id, 'member');
    const added = await put(session, teamId, member.id, 'member');
    expect(added).toMatchObject({ status: 200, body: { team_member: { member_id: member.id, team_id: teamId, role: 'member' } } });
    const promoted = await put(session, teamId, member.id, 'admin');
    expect(promoted.body.team_member).toEqual({ ...added.body.team_member, role: 'admin' });
    expect((await put(session, teamId, member.id, 'admin')).body).toEqual(promoted.body);
    expect((await call(server.url, `/v1/teams/${teamId}/members`, { key })).body.team_members).toEqual([promoted.body.team_member]);
    const events = (await call(server.url, `/v1/audit-events?resource_id=${member.id}&action=team_member.put`, { key })).body.audit_events;
    expect(events.map(({ changes }: { changes: { role: object } }) => changes.role)).toEqual([
      { before: 'member', after: 'admin' },
      { before: null, after: 'member' },
    ]);
  });

  it('lets an admin of the team manage it from the next request on, and no longer than they are', async () => {
    const { session, id, teamId } = await newTeam();
    const [lead, other] = [await server.newUser(id, 'member'), await server.newUser(id, 'member')];
    const rename = () => call(server.url, `/v1/teams/${teamId}`, { key: lead.session, method: 'PATCH', body: { name: 'Apps' } });
    expectProblem(await put(lead.session, teamId, other.id, 'member'), 403, 'insufficient_role');
    await put(session, teamId, lead.id, 'admin');
    expect((await put(lead.session, teamId, other.id, 'member')).status).toBe(200);
    expect((await rename()).status).toBe(200);
    await put(session, teamId, lead.id, 'member');
    expectProblem(await rename(), 403, 'insufficient_role');
    await put(session, teamId, lead.id, 'admin');
    expect((await rename()).status).toBe(200);
    await call(server.url, place(teamId, lead.id), { key: session, method: 'DELETE' });
    expectProblem(await rename(), 403, 'insufficient_role');
  });

  it('403 insufficient_role for an admin of another team', async () => {
    const { session, id, teamId, organizationKey } = await newTeam();
    const lead = await server.newUser(id, 'member');
    const { team } = (await call(server.url, '/v1/teams', { key: organizationKey, body: { name: 'Web' } })).body;
    await put(session, team.id, lead.id, 'admin');
    expectProblem(await put(lead.session, teamId, lead.id, 'admin'), 403, 'insufficient_role');
  });

  it('404 for people and teams of another organization, for who left, and for a deleted team', async () => {
    const { session, organizationKey: key, id, teamId } = await newTeam();
    const stranger = await newTeam();
    expectProblem(await put(session, teamId, stranger.ownerId, 'member'), 404, 'member_not_found');
    expectProblem(await put(session, stranger.teamId, stranger.ownerId, 'member'), 404, 'team_not_found');
    const member = await server.newUser(id, 'member');
    await call(server.url, `/v1/members/${member.id}`, { key: session, method: 'DELETE' });
    expectProblem(await put(session, teamId, member.id, 'member'), 404, 'member_not_found');
    await call(server.url, `/v1/teams/${teamId}`, { key, method: 'DELETE' });
    expectProblem(await put(session, teamId, (await server.newUser(id, 'member')).id, 'member'), 404, 'team_not_found');
  });
});

describe('listTeamMembers', () => {
  it('gives the members in the order they came into the team, page by page, without those who left the organization', async () => {
    const { session, id, teamId } = await newTeam();
    const people = [await server.newUser(id, 'member'), await server.newUser(id, 'admin'), await server.newUser(id, 'member')];
    for (const person of people) await put(session, teamId, person.id, 'member');
    const page = async (more = '') => (await call(server.url, `/v1/teams/${teamId}/members?limit=2${more}`, { key: session })).body;
    const first = await page();
    const second = await page(`&cursor=${first.meta.cursor}`);
    const ids = [...first.team_members, ...second.team_members].map(({ member_id }: { member_id: string }) => member_id);
    expect([ids, second.meta]).toEqual([people.map((person) => person.id), { has_more: false, cursor: null }]);
    await call(server.url, `/v1/members/${people[0]?.id}`, { key: session, method: 'DELETE' });
    expect((await page()).team_members).toHaveLength(2);
    const other = (await call(server.url, '/v1/teams', { key: session, body: { name: 'Web' } })).body.team;
    const foreign = await call(server.url, `/v1/teams/${other.id}/members?cursor=${first.meta.cursor}`, { key: session });
    expectProblem(foreign, 400, 'invalid_cursor');
  });
});

describe('removeTeamMember', () => {
  it('takes the person out of the team and leaves them in the organization', async () => {
    const { session, id, teamId } = await newTeam();
    const member = await server.newUser(id, 'member');
    await put(session, teamId, member.id, 'member');
    const removed = await call(server.url, place(teamId, member.id), { key: session, method: 'DELETE' });
    expect(removed.body).toEqual({ success: true, removed: true });
    expectProblem(await call(server.url, place(teamId, member.id), { key: session, method: 'DELETE' }), 404, 'member_not_found');
    expect((await call(server.url, `/v1/teams/${teamId}/members`, { key: member.session })).body.team_members).toEqual([]);
  });

  it('404 member_not_found for a member of another team: the person is looked for in the team of the path', async () => {
    const { session, id, teamId, organizationKey } = await newTeam();
    const member = await server.newUser(id, 'member');
    const { team } = (await call(server.url, '/v1/teams', { key: organizationKey, body: { name: 'Web' } })).body;
    await put(session, team.id, member.id, 'member');
    expectProblem(await call(server.url, place(teamId, member.id), { key: session, method: 'DELETE' }), 404, 'member_not_found');
    expect((await call(server.url, `/v1/teams/${team.id}/members`, { key: session })).body.team_members).toHaveLength(1);
  });
});
