import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { call, expectProblem } from '../../testing/call.ts';
import { type Harness, startServer } from '../../testing/server-harness.ts';
import { restorableMs } from '../apps/apps.ts';

let server: Harness;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());

const projects = '/v1/projects';
const create = async (key: string, body: object = {}) =>
  (await call(server.url, projects, { key, body: { name: 'Shop', ...body } })).body.project;
const remove = (key: string, id: string) => call(server.url, `${projects}/${id}`, { key, method: 'DELETE' });
const newApp = (key: string, projectId: string) => call(server.url, '/v1/apps', { key, body: { name: 'App', project_id: projectId } });

describe('createProject', () => {
  it('201 puts the project into the default team, or into the one that is named', async () => {
    const { organizationKey: key } = await server.newOrganization();
    const [standard] = (await call(server.url, '/v1/teams', { key })).body.teams;
    const { team } = (await call(server.url, '/v1/teams', { key, body: { name: 'Mobile' } })).body;
    expect(await create(key)).toMatchObject({ name: 'Shop', team_id: standard.id, is_default: false });
    const project = await create(key, { team_id: team.id });
    expect(project.team_id).toBe(team.id);
    expect((await newApp(key, project.id)).body.app).toMatchObject({ project_id: project.id, team_id: team.id });
  });

  it('404 team_not_found for a team of another organization and for a deleted one', async () => {
    const { organizationKey: key } = await server.newOrganization();
    const stranger = (await server.newOrganization()).organizationKey;
    const { team } = (await call(server.url, '/v1/teams', { key: stranger, body: { name: 'Theirs' } })).body;
    for (const owner of [key, stranger]) {
      if (owner === stranger) await call(server.url, `/v1/teams/${team.id}`, { key: stranger, method: 'DELETE' });
      const refused = await call(server.url, projects, { key: owner, body: { name: 'Shop', team_id: team.id } });
      expectProblem(refused, 404, 'team_not_found');
    }
  });
});

describe('updateProject', () => {
  it('renames a project, and 400 immutable_field when it should change its team', async () => {
    const { organizationKey: key } = await server.newOrganization();
    const { id, team_id } = await create(key);
    const update = (body: object) => call(server.url, `${projects}/${id}`, { key, method: 'PATCH', body });
    const renamed = await update({ name: 'Web shop' });
    expect([renamed.status, renamed.headers.get('etag'), renamed.body.project.name]).toEqual([200, '"2"', 'Web shop']);
    expectProblem(await update({ name: 'Shop', team_id }), 400, 'immutable_field');
  });
});

describe('deleteProject', () => {
  it('409 default_kept for the default project', async () => {
    const { organizationKey: key } = await server.newOrganization();
    const [project] = (await call(server.url, projects, { key })).body.projects;
    expectProblem(await remove(key, project.id), 409, 'default_kept');
  });

  it('409 project_not_empty while it has apps, those that can still be restored included', async () => {
    const { organizationKey: key } = await server.newOrganization();
    const { id } = await create(key);
    const { app } = (await newApp(key, id)).body;
    expectProblem(await remove(key, id), 409, 'project_not_empty');
    await call(server.url, `/v1/apps/${app.id}`, { key, method: 'DELETE' });
    expectProblem(await remove(key, id), 409, 'project_not_empty');
    server.state.offsetMs += restorableMs + 1_000;
    expect((await remove(key, id)).body).toEqual({ success: true, deleted: true });
    server.state.offsetMs = 0;
  });

  it('makes the project vanish from reads, from lists and from createApp', async () => {
    const { organizationKey: key } = await server.newOrganization();
    const { id } = await create(key);
    await remove(key, id);
    expectProblem(await call(server.url, `${projects}/${id}`, { key }), 404, 'project_not_found');
    expectProblem(await remove(key, id), 404, 'project_not_found');
    expectProblem(await newApp(key, id), 404, 'project_not_found');
    expect((await call(server.url, projects, { key })).body.projects).toHaveLength(1);
  });

  it('never leaves an app in a deleted project, also when the two are asked for at the same moment', async () => {
    const { organizationKey: key, id: organizationId } = await server.newOrganization();
    for (let round = 0; round < 5; round++) {
      const { id } = await create(key);
      await Promise.all([...Array.from({ length: 3 }, () => newApp(key, id)), remove(key, id)]);
    }
    const { rows } = await server.admin.query({
      text: `SELECT FROM apps JOIN projects ON projects.id = apps.project_id
        WHERE apps.organization_id = $1 AND apps.deleted_at IS NULL AND projects.deleted_at IS NOT NULL`,
      values: [organizationId],
    });
    expect(rows).toEqual([]);
  });
});

describe('listProjects', () => {
  it('gives the projects of one team in the order they were made, page by page', async () => {
    const { organizationKey: key } = await server.newOrganization();
    const { team } = (await call(server.url, '/v1/teams', { key, body: { name: 'Mobile' } })).body;
    const names = ['One', 'Two', 'Three'];
    for (const name of names) await create(key, { name, team_id: team.id });
    await create(key, { name: 'Elsewhere' });
    const first = (await call(server.url, `${projects}?team_id=${team.id}&limit=2`, { key })).body;
    const second = (await call(server.url, `${projects}?team_id=${team.id}&limit=2&cursor=${first.meta.cursor}`, { key })).body;
    expect([...first.projects, ...second.projects].map(({ name }: { name: string }) => name)).toEqual(names);
    expect(second.meta).toEqual({ has_more: false, cursor: null });
    expectProblem(await call(server.url, `${projects}?limit=2&cursor=${first.meta.cursor}`, { key }), 400, 'invalid_cursor');
  });

  it('shows any member what the teams own, and developers nothing', async () => {
    const { id } = await server.newOrganization();
    const [member, developer] = [await server.newUser(id, 'member'), await server.newUser(id, 'developer')];
    expect((await call(server.url, projects, { key: member.session })).status).toBe(200);
    expectProblem(await call(server.url, projects, { key: developer.session }), 403, 'insufficient_role');
    expectProblem(await call(server.url, projects, { key: member.session, body: { name: 'Mine' } }), 403, 'insufficient_role');
  });
});
