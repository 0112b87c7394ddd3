import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { insertAppUser } from '../../testing/app-rows.ts';
import { call, expectProblem } from '../../testing/call.ts';
import { newApp } from '../../testing/new-app.ts';
import { type Harness, startServer } from '../../testing/server-harness.ts';

let server: Harness;
let key: string;
let organizationId: string;
let appId: string;
beforeAll(async () => {
  server = await startServer();
  ({ id: organizationId, organizationKey: key } = await server.newOrganization());
  appId = (await newApp(server.url, key)).id;
});
afterAll(() => server.close());

const see = (row: Parameters<typeof insertAppUser>[2]) => insertAppUser(server.admin, { organizationId, appId }, row);
const get = (id: string, app = appId, by = key) => call(server.url, `/v1/apps/${app}/users/${id}`, { key: by });

describe('getAppUser', () => {
  it('200 shows a person as the list does', async () => {
    const ada = await see({ user_id: 'ada', properties: { plan: 'pro' } });
    await see({ user_id: 'anon-1', is_anonymous: true, claimed_by: ada });
    const { users } = (await call(server.url, `/v1/apps/${appId}/users?search=ada`, { key })).body;
    const { status, body } = await get(ada);
    expect([status, body]).toEqual([200, { success: true, user: users[0] }]);
    expect(body.user.claimed_from).toEqual(['anon-1']);
  });

  it('404 app_user_not_found for nobody, a claimed anonymous id, and a person of another app or organization', async () => {
    const grace = await see({ user_id: 'grace' });
    const claimed = await see({ user_id: 'anon-2', is_anonymous: true, claimed_by: grace });
    for (const id of [uuidv7(), claimed]) expectProblem(await get(id), 404, 'app_user_not_found');
    expectProblem(await get(grace, (await newApp(server.url, key)).id), 404, 'app_user_not_found');
    const stranger = (await server.newOrganization()).organizationKey;
    expectProblem(await get(grace, (await newApp(server.url, stranger)).id, stranger), 404, 'app_user_not_found');
    expectProblem(await get(grace, appId, stranger), 404, 'app_not_found');
  });

  it('403 for members and for API keys that only read; admins may', async () => {
    const alan = await see({ user_id: 'alan' });
    const reader = await server.newApiKey(organizationId, { scopes: ['apps:read'] });
    expectProblem(await get(alan, appId, reader), 403, 'insufficient_scope');
    expectProblem(await get(alan, appId, (await server.newUser(organizationId, 'member')).session), 403, 'insufficient_role');
    expect((await get(alan, appId, (await server.newUser(organizationId, 'admin')).session)).status).toBe(200);
  });
});
