import type pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openOn } from '../open-database.ts';
import { acme } from '../testing/sample-rows.ts';
import { pgliteEngine } from './pglite-engine.ts';
import { vacuumChangedTables } from './pglite-vacuum.ts';

let opened: Awaited<ReturnType<typeof openOn>>;
beforeAll(async () => {
  opened = await openOn(await pgliteEngine({ statementTimeoutMs: 30_000, log: () => undefined }), () => undefined);
});
afterAll(() => opened.database.close());

const people = 5_000;
/** What the server has counted is written down a moment after the transaction. */
const vacuumed = () => expect.poll(() => vacuumChangedTables(opened.pool as pg.Pool), { timeout: 20_000 });

it('does for the embedded database what autovacuum does on a server, as the role of the application', async () => {
  const { database } = opened;
  const insert = `INSERT INTO app_users (organization_id, app_id, id, user_id, is_anonymous, first_seen_at, last_seen_at)
    SELECT $1::uuid, $1::uuid, gen_random_uuid(), n::text, false, now(), now() FROM generate_series(1, ${people}) AS n`;
  await database.transact(acme, (tx) => tx.query({ text: insert, values: [acme] }));
  await vacuumed().toContain('app_users');
  const known = async () =>
    (await database.query<{ rows: number }>({ text: `SELECT reltuples::integer AS rows FROM pg_class WHERE relname = 'app_users'` }))
      .rows[0]?.rows;
  expect(await known()).toBe(people);
  expect(await vacuumChangedTables(opened.pool)).not.toContain('app_users');

  await database.transact(acme, (tx) => tx.query({ text: 'DELETE FROM app_users' }));
  await vacuumed().toContain('app_users');
  const size = `SELECT pg_relation_size('app_users')::integer AS bytes`;
  expect((await database.query({ text: size })).rows).toEqual([{ bytes: 0 }]);
});
