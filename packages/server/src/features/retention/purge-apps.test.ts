import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { insertAppUser } from '../../testing/app-rows.ts';
import { call } from '../../testing/call.ts';
import { newApp } from '../../testing/new-app.ts';
import { sendEvents } from '../../testing/send-events.ts';
import { type Harness, startServer } from '../../testing/server-harness.ts';
import { batchRows } from './batches.ts';
import { purgeApps } from './purge-apps.ts';

const dayMs = 24 * 60 * 60 * 1000;

let server: Harness;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());

const tables = ['events', 'app_users', 'event_ids', 'app_counters', 'event_counts', 'apps', 'keys'] as const;

async function rowsOf(appId: string): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const table of tables) {
    const text = `SELECT count(*) AS n FROM ${table} WHERE ${table === 'apps' ? 'id' : 'app_id'} = $1`;
    counts[table] = Number((await server.admin.query<{ n: number }>({ text, values: [appId] })).rows[0]?.n);
  }
  return counts;
}

/** An app that sent three events about two people, one of whom was anonymous before. */
async function anApp(organizationKey: string) {
  const app = await newApp(server.url, organizationKey);
  const events = [{ user_id: 'ada' }, { anonymous_id: 'device' }, { user_id: 'bob' }].map((who) => ({
    name: 'opened',
    id: crypto.randomUUID(),
    ...who,
  }));
  expect((await sendEvents(server.url, app.api_key, events)).body.accepted).toBe(3);
  await call(server.url, '/v1/identify', { headers: { 'X-API-Key': app.api_key }, body: { user_id: 'ada', anonymous_id: 'device' } });
  return app;
}

const later = (days: number) => new Date(Date.now() + days * dayMs);

describe('the purge of deleted apps', () => {
  it('removes an app after its grace with what it sent, keeps what was counted, and touches no other app', async () => {
    const { id, organizationKey } = await server.newOrganization();
    const [gone, stays] = [await anApp(organizationKey), await anApp(organizationKey)];
    const before = await rowsOf(stays.id);
    await call(server.url, `/v1/apps/${gone.id}`, { key: organizationKey, method: 'DELETE' });
    expect(await purgeApps(server.db, id, later(6.9))).toBe(0);
    expect(await purgeApps(server.db, id, later(7.1))).toBe(1);
    expect(await rowsOf(gone.id)).toEqual({
      ...{ events: 0, app_users: 0, event_ids: 0, app_counters: 0, apps: 0, keys: 0 },
      event_counts: before.event_counts,
    });
    expect(await rowsOf(stays.id)).toEqual(before);
    expect(before).toMatchObject({ events: 3, app_users: 3, event_ids: 3, apps: 1 });
  });

  it('goes on where it was cut off, and the app stays to be found until all of its rows are gone', async () => {
    const { id: organizationId, organizationKey } = await server.newOrganization();
    const app = await anApp(organizationKey);
    const owner = { organizationId, appId: app.id };
    const claimer = await insertAppUser(server.admin, owner, { user_id: 'many devices' });
    const people = `INSERT INTO app_users (organization_id, app_id, id, user_id, is_anonymous, first_seen_at, last_seen_at, claimed_by)
      SELECT $1, $2, gen_random_uuid(), 'device ' || n, true, now(), now(), $3 FROM generate_series(1, $4) AS n`;
    await server.admin.query({ text: people, values: [organizationId, app.id, claimer, batchRows + 1] });
    await call(server.url, `/v1/apps/${app.id}`, { key: organizationKey, method: 'DELETE' });

    const stop = new AbortController();
    let transactions = 0;
    const { db } = server;
    const cut = {
      ...{ kind: db.kind, query: db.query.bind(db), ping: db.ping.bind(db), listen: db.listen.bind(db), close: db.close.bind(db) },
      transact: (async (...given) => {
        // After the events and the first batch of people.
        if (++transactions === 3) stop.abort(new Error('the process stops'));
        return db.transact(...given);
      }) as typeof db.transact,
    };
    await expect(purgeApps(cut, organizationId, later(8), stop.signal)).rejects.toThrow('the process stops');
    expect(await rowsOf(app.id)).toMatchObject({ events: 0, apps: 1, event_ids: 3 });
    expect((await rowsOf(app.id)).app_users).toBeLessThan(10);
    expect(await purgeApps(db, organizationId, later(8))).toBe(1);
    expect(await rowsOf(app.id)).toMatchObject({ app_users: 0, event_ids: 0, app_counters: 0, apps: 0 });
    const audit = await server.admin.query({
      text: `SELECT action FROM audit_events WHERE resource_id = $1 AND action = 'app.purged'`,
      values: [app.id],
    });
    expect(audit.rows).toHaveLength(1);
  });
});
