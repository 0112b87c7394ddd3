import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { runMaintenance } from '../../jobs/maintenance.ts';
import { call } from '../../testing/call.ts';
import { newApp } from '../../testing/new-app.ts';
import { sendEvents } from '../../testing/send-events.ts';
import { type Harness, startServer } from '../../testing/server-harness.ts';
import { Outbox } from '../messages/outbox.ts';

let server: Harness;
let key: string;
let app: { id: string; api_key: string; updated_at: string };
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());
beforeEach(async () => {
  server.state.away = false;
  key = (await server.newOrganization()).organizationKey;
  app = await newApp(server.url, key);
});

const read = async () => (await call(server.url, `/v1/apps/${app.id}`, { key })).body.app;

describe('the cached figures of an app', () => {
  it('follow ingestion within 10 seconds by themselves, without a new version of the app', async () => {
    await sendEvents(server.url, app.api_key, [{ name: 'a', user_id: 'ada' }, { name: 'b' }]);
    await expect.poll(async () => (await read()).cached_event_count, { timeout: 10_000, interval: 200 }).toBe(2);
    const answer = await call(server.url, `/v1/apps/${app.id}`, { key });
    expect(answer.body.app).toMatchObject({ cached_user_count: 1, updated_at: app.updated_at });
    expect(answer.headers.get('etag')).toBe('"1"');
  });

  it('are written when the server stops', async () => {
    const other = await startServer({ beside: server });
    await sendEvents(other.url, app.api_key, [{ name: 'a' }]);
    await other.close();
    expect(await read()).toMatchObject({ cached_event_count: 1 });
  });

  it('that a process left behind when it ended all at once are caught up with by the next pass of maintenance', async () => {
    await sendEvents(server.url, app.api_key, [{ name: 'a', user_id: 'ada' }]);
    await expect.poll(async () => (await read()).cached_event_count, { timeout: 10_000, interval: 200 }).toBe(1);
    await server.admin.query({ text: 'UPDATE app_counters SET events = events + 4 WHERE app_id = $1', values: [app.id] });
    const outbox = new Outbox({ box: server.box, log: pino({ level: 'silent' }), sender: undefined });
    const pass = () => runMaintenance({ db: server.db, box: server.box, outbox }, new Date());
    expect(await pass()).toMatchObject({ figures: 1 });
    expect(await read()).toMatchObject({ cached_event_count: 5, cached_user_count: 1 });
    expect(await pass()).toMatchObject({ figures: 0 });
  });

  it('come late and are not lost when the database is away for a while', async () => {
    await sendEvents(server.url, app.api_key, [{ name: 'a' }]);
    server.state.away = true;
    await expect.poll(() => server.log.some((line) => line.includes('cached figures were not written')), { timeout: 10_000 }).toBe(true);
    server.state.away = false;
    await expect.poll(async () => (await read()).cached_event_count, { timeout: 10_000, interval: 200 }).toBe(1);
  });
});
