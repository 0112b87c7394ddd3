import { afterAll, beforeAll, expect, it } from 'vitest';
import { insertEvent } from '../../testing/app-rows.ts';
import { newApp } from '../../testing/new-app.ts';
import { type Harness, startServer } from '../../testing/server-harness.ts';
import { removePastRetention } from './retention.ts';

const now = new Date('2026-11-28T10:00:00.000Z');
const past = '2026-07-01T10:00:00.000Z';
const month = 'events_2026_07';

let server: Harness;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());

const hasMonth = async () => {
  const text = `SELECT 1 FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = 'events'::regclass AND c.relname = $1`;
  return (await server.admin.query({ text, values: [month] })).rows.length > 0;
};

it('does not make everybody wait when somebody reads long: it leaves the months for another run', async () => {
  const { id: organizationId, organizationKey } = await server.newOrganization();
  const { id: appId } = await newApp(server.url, organizationKey, { data_retention_days: 30 });
  await insertEvent(server.admin, { organizationId, appId }, { at: past });
  await server.admin.query({ text: 'UPDATE apps SET data_retention_days = 30' });
  await server.db.transact(organizationId, async (tx) => {
    await tx.query({ text: 'SELECT count(*) FROM events' });
    expect((await removePastRetention(server.db, now)).partitions).toBeUndefined();
  });
  const left = await server.admin.query({ text: 'SELECT id FROM events WHERE app_id = $1', values: [appId] });
  expect(left.rows).toEqual([]);
  expect(await hasMonth()).toBe(true);
  expect((await removePastRetention(server.db, now)).partitions).toBeGreaterThan(0);
  expect(await hasMonth()).toBe(false);
});
