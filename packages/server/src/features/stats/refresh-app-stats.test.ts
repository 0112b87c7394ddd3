import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { call, expectProblem } from '../../testing/call.ts';
import { newApp } from '../../testing/new-app.ts';
import { sendEvents } from '../../testing/send-events.ts';
import { type Harness, startServer } from '../../testing/server-harness.ts';

let server: Harness;
let key: string;
let app: { id: string; api_key: string; updated_at: string };
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());
beforeEach(async () => {
  key = (await server.newOrganization()).organizationKey;
  app = await newApp(server.url, key);
});

const refresh = (id: string, as = key, headers = {}) =>
  call(server.url, `/v1/apps/${id}/stats/refresh`, { key: as, method: 'POST', headers });

describe('refreshAppStats', () => {
  it('200 shows what was counted at once, and changes neither version nor updated_at', async () => {
    const timestamp = server.now().toISOString();
    await sendEvents(server.url, app.api_key, [
      { name: 'a', user_id: 'ada', timestamp },
      { name: 'b', user_id: 'ada', timestamp: new Date(server.now().getTime() - 60_000).toISOString() },
      { name: 'c', anonymous_id: 'device', timestamp: new Date(server.now().getTime() - 60_000).toISOString() },
    ]);
    const { status, body, headers } = await refresh(app.id);
    expect([status, headers.get('etag')]).toEqual([200, '"1"']);
    expect(body.app).toMatchObject({
      cached_event_count: 3,
      cached_user_count: 2,
      cached_last_event: timestamp,
      updated_at: app.updated_at,
    });
    expect(Date.parse(body.app.stats_last_updated)).toBeGreaterThanOrEqual(Date.parse(timestamp));
    expect((await call(server.url, `/v1/apps/${app.id}`, { key })).body.app).toEqual(body.app);
  });

  it('200 on an app that never sent anything, and again after a repeated Idempotency-Key without counting anew', async () => {
    const headers = { 'Idempotency-Key': 'once' };
    const first = await refresh(app.id, key, headers);
    expect(first.body.app).toMatchObject({ cached_event_count: 0, cached_user_count: 0, cached_last_event: null });
    await sendEvents(server.url, app.api_key, [{ name: 'a' }]);
    const again = await refresh(app.id, key, headers);
    expect([again.body, again.headers.get('idempotent-replayed')]).toEqual([first.body, 'true']);
    expect((await refresh(app.id)).body.app.cached_event_count).toBe(1);
  });

  it('404 for a stranger, and after the app was deleted', async () => {
    const stranger = (await server.newOrganization()).organizationKey;
    expectProblem(await refresh(app.id, stranger), 404, 'app_not_found');
    await call(server.url, `/v1/apps/${app.id}`, { key, method: 'DELETE' });
    expectProblem(await refresh(app.id), 404, 'app_not_found');
  });
});
