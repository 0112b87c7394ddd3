import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { call, expectProblem } from '../../testing/call.ts';
import { type Harness, startServer } from '../../testing/server-harness.ts';

let server: Harness;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());

const teams = '/v1/teams';
const create = async (key: string, name = 'Mobile') => (await call(server.url, teams, { key, body: { name } })).body.team;
const remove = (key: string, id: string, headers = {}) => call(server.url, `${teams}/${id}`, { key, method: 'DELETE', headers });
const actionsOf = async (key: string, id: string) =>
  (await call(server.url, `/v1/audit-events?resource_id=${id}`, { key })).body.audit_events.map(({ action }: { action: string }) => action);

describe('createTeam, updateTeam and deleteTeam', () => {
  it('make, rename and end a team, each with its audit event', async () => {
    const { organizationKey: key } = await server.newOrganization();
    const created = await call(server.url, teams, { key, body: { name: 'Mobile' } });
    expect(created).toMatchObject({ status: 201, body: { success: true, team: { name: 'Mobile', is_default: false } } });
    const { id } = created.body.team;
    const renamed = await call(server.url, `${teams}/${id}`, {
      key,
      method: 'PATCH',
      body: { name: 'Apps' },
      headers: { 'If-Match': '"1"' },
    });
    expect([renamed.status, renamed.headers.get('etag'), renamed.body.team.name]).toEqual([200, '"2"', 'Apps']);
    expect((await call(server.url, `${teams}/${id}`, { key })).body.team).toEqual(renamed.body.team);
    expect((await remove(key, id)).body).toEqual({ success: true, deleted: true });
    expectProblem(await call(server.url, `${teams}/${id}`, { key }), 404, 'team_not_found');
    expectProblem(await remove(key, id), 404, 'team_not_found');
    expect(await actionsOf(key, id)).toEqual(['team.deleted', 'team.updated', 'team.created']);
  });

  it('412 leave a team alone that has changed since it was read', async () => {
    const { organizationKey: key } = await server.newOrganization();
    const { id } = await create(key);
    const headers = { 'If-Match': '"2"' };
    expectProblem(
      await call(server.url, `${teams}/${id}`, { key, method: 'PATCH', body: { name: 'x' }, headers }),
      412,
      'precondition_failed',
    );
    expectProblem(await remove(key, id, headers), 412, 'precondition_failed');
    expect((await call(server.url, `${teams}/${id}`, { key })).body.team.name).toBe('Mobile');
  });

  it('404 team_not_found for a team of another organization, exactly like a missing one', async () => {
    const { organizationKey: key } = await server.newOrganization();
    const { id } = await create((await server.newOrganization()).organizationKey);
    for (const path of [`${teams}/${id}`, `${teams}/${id}/members`]) {
      expectProblem(await call(server.url, path, { key }), 404, 'team_not_found');
    }
    expectProblem(await remove(key, id), 404, 'team_not_found');
  });
});

describe('deleteTeam', () => {
  it('409 default_kept for the default team', async () => {
    const { organizationKey: key } = await server.newOrganization();
    const [team] = (await call(server.url, teams, { key })).body.teams;
    expect(team.is_default).toBe(true);
    expectProblem(await remove(key, team.id), 409, 'default_kept');
  });

  it('409 team_not_empty while it has projects, and no longer', async () => {
    const { organizationKey: key } = await server.newOrganization();
    const { id } = await create(key);
    const project = (await call(server.url, '/v1/projects', { key, body: { name: 'Shop', team_id: id } })).body.project;
    expectProblem(await remove(key, id), 409, 'team_not_empty');
    await call(server.url, `/v1/projects/${project.id}`, { key, method: 'DELETE' });
    expect((await remove(key, id)).status).toBe(200);
  });

  it('never leaves a project in a deleted team, also when the two are asked for at the same moment', async () => {
    const { organizationKey: key, id: organizationId } = await server.newOrganization();
    for (let round = 0; round < 5; round++) {
      const { id } = await create(key);
      await Promise.all([
        ...Array.from({ length: 3 }, () => call(server.url, '/v1/projects', { key, body: { name: 'Shop', team_id: id } })),
        remove(key, id),
      ]);
    }
    const { rows } = await server.admin.query({
      text: `SELECT FROM projects JOIN teams ON teams.id = projects.team_id
        WHERE projects.organization_id = $1 AND projects.deleted_at IS NULL AND teams.deleted_at IS NOT NULL`,
      values: [organizationId],
    });
    expect(rows).toEqual([]);
  });
});

describe('listTeams', () => {
  it('gives the teams in the order they were made, page by page, without the deleted ones', async () => {
    const { organizationKey: key } = await server.newOrganization();
    const names = ['One', 'Two', 'Three', 'Four'];
    for (const name of names) await create(key, name);
    await remove(key, (await create(key, 'Gone')).id);
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const { body } = await call(server.url, `${teams}?limit=2${cursor === null ? '' : `&cursor=${cursor}`}`, { key });
      seen.push(...body.teams.map(({ name }: { name: string }) => name));
      cursor = body.meta.cursor;
    } while (cursor !== null);
    expect(seen).toEqual(['Default team', ...names]);
    const { meta } = (await call(server.url, `${teams}?limit=2`, { key })).body;
    expectProblem(await call(server.url, `/v1/projects?cursor=${meta.cursor}`, { key }), 400, 'invalid_cursor');
  });
});
