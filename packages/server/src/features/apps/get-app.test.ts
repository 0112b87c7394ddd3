import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { call, expectProblem } from '../../testing/call.ts';
import { newApp } from '../../testing/new-app.ts';
import { type Harness, startServer } from '../../testing/server-harness.ts';

let server: Harness;
let organization: { id: string; organizationKey: string };
beforeAll(async () => {
  server = await startServer();
  organization = await server.newOrganization();
});
afterAll(() => server.close());

const missing = '01939f5c-9b20-7d66-8b2a-74d9e2f30415';

describe('getApp', () => {
  it('200 returns the app with its secret masked and its version, to every credential that may read apps', async () => {
    const { id, api_secret, ...shown } = await newApp(server.url, organization.organizationKey, { description: 'Read me' });
    const credentials = [
      organization.organizationKey,
      await server.newApiKey(organization.id, { scopes: ['apps:read'] }),
      ...(await Promise.all((['member', 'admin', 'owner'] as const).map((role) => server.newUser(organization.id, role)))).map(
        ({ session }) => session,
      ),
    ];
    for (const key of credentials) {
      const read = await call(server.url, `/v1/apps/${id}`, { key });
      expect(read.status).toBe(200);
      expect(read.headers.get('etag')).toBe('"1"');
      expect(read.body).toEqual({ success: true, app: { id, api_secret: `as_…${api_secret.slice(-4)}`, ...shown } });
    }
  });

  it('200 takes the key in X-API-Key too, the prefix /api, and the id in capital letters', async () => {
    const { id } = await newApp(server.url, organization.organizationKey);
    const plain = await call(server.url, `/v1/apps/${id}`, { key: organization.organizationKey });
    const headers = { 'X-API-Key': organization.organizationKey };
    for (const path of [`/v1/apps/${id}`, `/api/v1/apps/${id}`, `/v1/apps/${id.toUpperCase()}`]) {
      expect((await call(server.url, path, { headers })).text).toBe(plain.text);
    }
  });

  it('200 to HEAD carries the headers of GET and no body', async () => {
    const { id } = await newApp(server.url, organization.organizationKey);
    const sent = { key: organization.organizationKey };
    const got = await call(server.url, `/v1/apps/${id}`, sent);
    const head = await call(server.url, `/v1/apps/${id}`, { ...sent, method: 'HEAD' });
    expect(head.status).toBe(200);
    expect(head.text).toBe('');
    for (const name of ['etag', 'content-type', 'content-length', 'cache-control'])
      expect(head.headers.get(name)).toBe(got.headers.get(name));
  });

  it('404 app_not_found for an app that never was and for one that is deleted, in the same words', async () => {
    const key = organization.organizationKey;
    const { id } = await newApp(server.url, key);
    await call(server.url, `/v1/apps/${id}`, { key, method: 'DELETE' });
    const [deleted, never] = [await call(server.url, `/v1/apps/${id}`, { key }), await call(server.url, `/v1/apps/${missing}`, { key })];
    for (const answer of [deleted, never]) expectProblem(answer, 404, 'app_not_found');
    expect({ ...deleted.body, request_id: '' }).toEqual({ ...never.body, request_id: '' });
  });

  it('403 for a developer, for an API key without apps:read and for the keys of the app itself', async () => {
    const app = await newApp(server.url, organization.organizationKey);
    const path = `/v1/apps/${app.id}`;
    const developer = await server.newUser(organization.id, 'developer');
    expectProblem(await call(server.url, path, { key: developer.session }), 403, 'insufficient_role');
    const writer = await server.newApiKey(organization.id, { scopes: ['apps:write', 'audit:read'] });
    expectProblem(await call(server.url, path, { key: writer }), 403, 'insufficient_scope');
    for (const key of [app.api_key, app.api_secret]) expectProblem(await call(server.url, path, { key }), 403, 'not_allowed');
  });
});
