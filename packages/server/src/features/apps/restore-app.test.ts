import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { call, expectProblem } from '../../testing/call.ts';
import { newApp, statusOfAppKey } from '../../testing/new-app.ts';
import { type Harness, startServer } from '../../testing/server-harness.ts';
import { restorableMs } from './apps.ts';

let server: Harness;
let key: string;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());
beforeEach(async () => {
  server.state.offsetMs = 0;
  key = (await server.newOrganization()).organizationKey;
});

const restore = (id: string) => call(server.url, `/v1/apps/${id}/restore`, { key, method: 'POST' });
const remove = (id: string) => call(server.url, `/v1/apps/${id}`, { key, method: 'DELETE' });

describe('restoreApp', () => {
  it('200 brings the app back as it was, with the keys it had', async () => {
    const app = await newApp(server.url, key, { name: 'Back again', platform: 'apple', bundle_id: 'com.example.back' });
    const before = (await call(server.url, `/v1/apps/${app.id}`, { key })).body.app;
    await remove(app.id);
    for (const each of [app.api_key, app.api_secret]) expect(await statusOfAppKey(server.url, each)).toBe(401);
    const restored = await restore(app.id);
    expect(restored.status).toBe(200);
    expect(restored.headers.get('etag')).toBe('"3"');
    expect(restored.body.app).toEqual({ ...before, updated_at: restored.body.app.updated_at });
    expect((await call(server.url, `/v1/apps/${app.id}`, { key })).body.app).toEqual(restored.body.app);
    for (const each of [app.api_key, app.api_secret]) expect(await statusOfAppKey(server.url, each)).toBe(403);
  });

  it('200 until seven days have gone by, 404 app_not_found from then on', async () => {
    const [early, late] = [await newApp(server.url, key), await newApp(server.url, key)];
    for (const { id } of [early, late]) await remove(id);
    server.state.offsetMs = restorableMs - 60_000;
    expect((await restore(early.id)).status).toBe(200);
    server.state.offsetMs = restorableMs;
    expectProblem(await restore(late.id), 404, 'app_not_found');
  });

  it('409 bundle_id_taken when another app took the bundle id meanwhile, and 200 when that one is gone', async () => {
    const fields = { platform: 'apple', bundle_id: 'com.example.taken' };
    const first = await newApp(server.url, key, fields);
    await remove(first.id);
    const second = await newApp(server.url, key, { ...fields, bundle_id: 'com.Example.TAKEN' });
    expectProblem(await restore(first.id), 409, 'bundle_id_taken');
    expectProblem(await call(server.url, `/v1/apps/${first.id}`, { key }), 404, 'app_not_found');
    await remove(second.id);
    expect((await restore(first.id)).status).toBe(200);
    expectProblem(await restore(second.id), 409, 'bundle_id_taken');
  });

  it('409 app_not_deleted says the state and the moves that are possible', async () => {
    const { id } = await newApp(server.url, key);
    const refused = await restore(id);
    expectProblem(refused, 409, 'app_not_deleted');
    expect(refused.body).toMatchObject({ current_state: 'live', legal_moves: ['updateApp', 'rotateAppKeys', 'deleteApp'] });
  });

  it('409 app_not_deleted for all but one of five who restore at once', async () => {
    const { id } = await newApp(server.url, key);
    await remove(id);
    const statuses = await Promise.all(Array.from({ length: 5 }, async () => (await restore(id)).status));
    expect(statuses.sort()).toEqual([200, 409, 409, 409, 409]);
  });

  it('404 app_not_found for an app that never was', async () => {
    expectProblem(await restore('01939f5c-9b20-7d66-8b2a-74d9e2f30415'), 404, 'app_not_found');
  });
});
