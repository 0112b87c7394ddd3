import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { call, expectProblem } from '../../testing/call.ts';
import { type Harness, startServer } from '../../testing/server-harness.ts';

let server: Harness;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());

describe('createApp', () => {
  it('201 returns the whole app with its secret in full, and only then', async () => {
    const { organizationKey: key, id } = await server.newOrganization();
    const created = await call(server.url, '/v1/apps', {
      key,
      body: { name: 'My New App', description: 'My awesome app', timezone: 'America/New_York' },
    });
    expect(created.status).toBe(201);
    expect(created.headers.get('etag')).toBe('"1"');
    expect(created.body.app).toMatchObject({
      organization_id: id,
      platform: 'web',
      bundle_id: null,
      environment: 'production',
      data_retention_days: 365,
    });
    expect(created.body.app.api_secret).toMatch(/^as_[0-9A-Za-z]{33}$/);
    const read = await call(server.url, `/v1/apps/${created.body.app.id}`, { key });
    expect(read.body.app).toEqual({ ...created.body.app, api_secret: `as_…${created.body.app.api_secret.slice(-4)}` });
  });

  it('400 in the words of the source document when the name is not proper, and stores nothing', async () => {
    const { organizationKey: key } = await server.newOrganization();
    for (const body of [{}, { name: '' }, { name: '   ' }, { name: 'x'.repeat(101) }, { name: 7 }, { name: null }]) {
      const refused = await call(server.url, '/v1/apps', { key, body });
      expectProblem(refused, 400, 'invalid_request');
      expect(refused.body.error).toBe('App name is required and must be 1-100 characters');
      expect(refused.body.errors[0].location).toBe('body.name');
    }
    expect((await call(server.url, '/v1/apps', { key })).body.apps).toEqual([]);
  });

  it('409 bundle_id_taken for a live app of the same project and platform, whatever the case of an Apple bundle id', async () => {
    const { organizationKey: key } = await server.newOrganization();
    const app = { name: 'iOS App', platform: 'apple', bundle_id: 'com.Example.app' };
    const first = await call(server.url, '/v1/apps', { key, body: app });
    expectProblem(await call(server.url, '/v1/apps', { key, body: { ...app, bundle_id: 'com.example.APP' } }), 409, 'bundle_id_taken');
    expect((await call(server.url, '/v1/apps', { key, body: { ...app, platform: 'web' } })).status).toBe(201);
    await call(server.url, `/v1/apps/${first.body.app.id}`, { key, method: 'DELETE' });
    expect((await call(server.url, '/v1/apps', { key, body: app })).status).toBe(201);
  });

  it('409 bundle_id_taken for all but one of five who create apps with one bundle id at once', async () => {
    const { organizationKey: key } = await server.newOrganization();
    const body = { name: 'One of five', platform: 'android', bundle_id: 'com.example.race' };
    const answers = await Promise.all(Array.from({ length: 5 }, () => call(server.url, '/v1/apps', { key, body })));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409, 409]);
    expect((await call(server.url, '/v1/apps', { key })).body.apps).toHaveLength(1);
  });

  it('404 project_not_found for a project of another organization', async () => {
    const { organizationKey: key } = await server.newOrganization();
    const stranger = await call(server.url, '/v1/apps', {
      key: (await server.newOrganization()).organizationKey,
      body: { name: 'theirs' },
    });
    expectProblem(
      await call(server.url, '/v1/apps', { key, body: { name: 'mine', project_id: stranger.body.app.project_id } }),
      404,
      'project_not_found',
    );
  });

  it('encrypts the credentials of other services and shows them masked', async () => {
    const { organizationKey: key } = await server.newOrganization();
    const credentials = { access_token: 'canary-engagement-token-9911' };
    const created = await call(server.url, '/v1/apps', {
      key,
      body: { name: 'a', engagement_platform: 'wonderpush', engagement_credentials: credentials },
    });
    expect(created.body.app.engagement_credentials).toEqual({ access_token: '…9911' });
    const { rows } = await server.admin.query({ text: 'SELECT row_to_json(apps)::text AS stored FROM apps' });
    expect(JSON.stringify(rows)).not.toContain('canary');
    expect(server.log.join('')).not.toContain('canary');
  });
});
