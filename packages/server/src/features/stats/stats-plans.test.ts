import type { Queryable, Statement } from '@appstead/database';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newApp } from '../../testing/new-app.ts';
import { type Harness, startServer } from '../../testing/server-harness.ts';
import { countByKey, countByTime } from './stats-store.ts';

let server: Harness;
let organizationId: string;
let appId: string;
beforeAll(async () => {
  server = await startServer();
  const organization = await server.newOrganization();
  organizationId = organization.id;
  appId = (await newApp(server.url, organization.organizationKey)).id;
  // Enough of several apps that reading all of it would be the worse plan.
  for (const app of [appId, uuidv7(), uuidv7()]) {
    await server.admin.query({
      text: `INSERT INTO event_counts (organization_id, app_id, quarter, name, platform, country, shard, events)
        SELECT $1, $2, timestamptz '2026-01-01' + n * interval '15 minutes', 'opened', 'web', '', 0, 1 FROM generate_series(0, 9999) AS n`,
      values: [organizationId, app],
    });
  }
  await server.admin.query({ text: 'ANALYZE event_counts' });
});
afterAll(() => server.close());

/** What the database would do for a statement, in place of doing it. */
async function planOf(read: (db: Queryable) => Promise<unknown>): Promise<string> {
  let plan = '';
  const explaining: Queryable = {
    async query<Row>({ text, values }: Statement) {
      const { rows } = await server.db.query<{ 'QUERY PLAN': string }>({ text: `EXPLAIN ${text}`, ...(values ? { values } : {}) });
      plan = rows.map((row) => row['QUERY PLAN']).join('\n');
      return { rows: [] as Row[], rowCount: 0 };
    },
  };
  await read(explaining);
  return plan;
}

describe('the statements of the statistics', () => {
  const fromMs = Date.parse('2026-03-01T00:00:00Z');
  const range = { fromMs, toMs: fromMs + 86_400_000 };

  it('read the range of one app by the primary key of the counts, and no events', async () => {
    const plans = [
      await planOf((db) => countByTime(db, organizationId, appId, range, [range.fromMs])),
      await planOf((db) => countByKey(db, organizationId, appId, range, 'country', 50)),
    ];
    for (const plan of plans) {
      expect(plan).toMatch(/event_counts_pkey/);
      expect(plan).toMatch(/Index Cond: .*app_id = .*quarter >= .*quarter < /);
      expect(plan).not.toMatch(/Seq Scan on event_counts|on events/);
    }
  });
});
