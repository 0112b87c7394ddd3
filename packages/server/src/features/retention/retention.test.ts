import type { Database, Transaction } from '@appstead/database';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { insertCounts, insertEvent } from '../../testing/app-rows.ts';
import { newApp } from '../../testing/new-app.ts';
import { type Harness, startServer } from '../../testing/server-harness.ts';
import { batchRows } from './batches.ts';
import { eventIdsKeptMs, removePastRetention } from './retention.ts';

const dayMs = 24 * 60 * 60 * 1000;
const now = new Date('2026-11-28T10:00:00.000Z');
const ago = (ms: number) => new Date(now.getTime() - ms).toISOString();

let server: Harness;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());

async function anApp(data_retention_days: number, organization?: Awaited<ReturnType<Harness['newOrganization']>>) {
  const { id: organizationId, organizationKey } = organization ?? (await server.newOrganization());
  const { id: appId } = await newApp(server.url, organizationKey, { data_retention_days });
  const owner = { organizationId, appId };
  return {
    owner,
    happened: (msAgo: number) => insertEvent(server.admin, owner, { at: ago(msAgo) }),
    /** Many events that happened a millisecond after each other, the first so long ago. */
    async happenedOften(count: number, msAgo: number) {
      await server.admin.query({ text: 'SELECT ensure_event_partition($1)', values: [ago(msAgo)] });
      const text = `INSERT INTO events (organization_id, app_id, id, name, occurred_at, received_at, platform)
        SELECT $1, $2, gen_random_uuid(), 'opened', $3::timestamptz + n * interval '1 ms', $3, 'web' FROM generate_series(1, $4) AS n`;
      await server.admin.query({ text, values: [organizationId, appId, ago(msAgo), count] });
    },
    async left(): Promise<string[]> {
      const text = 'SELECT id FROM events WHERE app_id = $1 ORDER BY occurred_at, id';
      return (await server.admin.query<{ id: string }>({ text, values: [appId] })).rows.map(({ id }) => id);
    },
  };
}

const months = async () => {
  const text = `SELECT c.relname AS name FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = 'events'::regclass ORDER BY 1`;
  return (await server.admin.query<{ name: string }>({ text })).rows.map(({ name }) => name);
};

/** The database with what each statement that removes events removed. */
function counting(): { db: Database; removed: number[] } {
  const removed: number[] = [];
  const { db } = server;
  const watch = (tx: Transaction): Transaction => ({
    send: (statement) => tx.send(statement),
    async query<Row>(statement: Parameters<Transaction['query']>[0]) {
      const result = await tx.query<Row>(statement);
      if (statement.text.startsWith('DELETE FROM event')) removed.push(result.rowCount);
      return result;
    },
  });
  return {
    removed,
    db: {
      kind: db.kind,
      query: (statement) => db.query(statement),
      transact: (organizationId, work) => db.transact(organizationId, (tx) => work(watch(tx))),
      ping: () => db.ping(),
      listen: (...given) => db.listen(...given),
      close: () => db.close(),
    },
  };
}

describe('retention', () => {
  it('removes exactly the events that happened before the limit of their app, of every organization, and keeps what was counted', async () => {
    const organization = await server.newOrganization();
    const [short, long] = [await anApp(30, organization), await anApp(90, organization)];
    const other = await anApp(31);
    const kept: string[] = [];
    for (const [app, days] of [
      [short, 30],
      [long, 90],
      [other, 31],
    ] as const) {
      await app.happened(days * dayMs + 1);
      kept.push(await app.happened(days * dayMs), await app.happened(0));
      await app.happened((days + 40) * dayMs);
    }
    await insertCounts(server.admin, short.owner, [{ quarter: ago(70 * dayMs).replace(/:\d\d:.*/, ':00:00.000Z'), events: 1 }]);
    await removePastRetention(server.db, now);
    expect([...(await short.left()), ...(await long.left()), ...(await other.left())]).toEqual(kept);
    const counts = await server.admin.query({ text: 'SELECT events FROM event_counts WHERE app_id = $1', values: [short.owner.appId] });
    expect(counts.rows).toHaveLength(1);
    expect(await removePastRetention(server.db, now)).toMatchObject({ events: 0 });
  });

  it('follows a limit that was made shorter', async () => {
    const app = await anApp(365);
    const event = await app.happened(40 * dayMs);
    await removePastRetention(server.db, now);
    expect(await app.left()).toEqual([event]);
    await server.admin.query({ text: 'UPDATE apps SET data_retention_days = 30 WHERE id = $1', values: [app.owner.appId] });
    await removePastRetention(server.db, now);
    expect(await app.left()).toEqual([]);
  });

  it('removes many in bounded batches, and is finished by the next run when it is cut off', async () => {
    const app = await anApp(30);
    await app.happenedOften(2 * batchRows + 10, 35 * dayMs);
    const stop = new AbortController();
    const { db, removed } = counting();
    const { transact } = db;
    db.transact = async (organizationId, work) => {
      const result = await transact(organizationId, work);
      if (removed.includes(batchRows)) stop.abort(new Error('the process stops'));
      return result;
    };
    await expect(removePastRetention(db, now, stop.signal)).rejects.toThrow('the process stops');
    expect(await app.left()).toHaveLength(batchRows + 10);

    const next = counting();
    expect(await removePastRetention(next.db, now)).toMatchObject({ events: batchRows + 10 });
    expect(Math.max(...next.removed)).toBe(batchRows);
    expect(await app.left()).toEqual([]);
  });

  it('drops months that are over for every app, and no other', async () => {
    await server.admin.query({ text: 'UPDATE apps SET data_retention_days = 30' });
    const longest = await anApp(120);
    // Of 120 days, July is over at its end and before it, and not a moment earlier.
    await insertEvent(server.admin, longest.owner, { at: '2026-06-30T23:59:59.999Z' });
    await insertEvent(server.admin, longest.owner, { at: '2026-07-01T00:00:00.000Z' });
    const at = (day: string) => removePastRetention(server.db, new Date(Date.parse(day) + 120 * dayMs));
    expect((await at('2026-06-30T23:59:59.999Z')).partitions).toBe((await months()).filter((name) => name < 'events_2026_06').length);
    expect(await months()).toContain('events_2026_06');
    expect(await at('2026-07-01T00:00:00.000Z')).toMatchObject({ partitions: 1 });
    expect(await months()).not.toContain('events_2026_06');
    expect(await months()).toContain('events_2026_07');
    expect(await longest.left()).toHaveLength(1);
  });

  it('forgets the ids of events after 31 days, by when they were taken in', async () => {
    const { owner } = await anApp(30);
    const { owner: other } = await anApp(30);
    const text = `INSERT INTO event_ids (organization_id, app_id, id, received_at)
      SELECT $1, $2, gen_random_uuid(), $3::timestamptz FROM generate_series(1, $4)`;
    for (const { organizationId, appId } of [owner, other]) {
      await server.admin.query({ text, values: [organizationId, appId, ago(eventIdsKeptMs + 1), 3] });
      await server.admin.query({ text, values: [organizationId, appId, ago(eventIdsKeptMs), 1] });
    }
    expect(await removePastRetention(server.db, now)).toMatchObject({ eventIds: 6 });
    const left = await server.admin.query({ text: 'SELECT DISTINCT received_at FROM event_ids' });
    expect(left.rows).toEqual([{ received_at: ago(eventIdsKeptMs) }]);
  });
});
