import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { engines } from './testing/engines.ts';
import type { TestDatabase } from './testing.ts';

describe.each(engines)('a named statement on $engine', ({ open }) => {
  let db: TestDatabase;
  beforeAll(async () => {
    db = await open();
  });
  afterAll(() => db.close());

  /** All on one connection, because what is known is known of a connection. */
  const onOneConnection = (work: Parameters<TestDatabase['transact']>[1]) => db.transact('01939f5c-9b20-7d66-8b2a-74d9e2f30415', work);

  it('answers alike the first time and later, with every kind of column, and null for what is missing', async () => {
    await onOneConnection(async (tx) => {
      const text = `SELECT $1::int AS n, '2026-03-29T01:30:00+02'::timestamptz AS at, '{"a":[1]}'::jsonb AS json, ARRAY['x', NULL] AS list, NULL::text AS none`;
      const row = { at: '2026-03-28T23:30:00.000Z', json: { a: [1] }, list: ['x', null], none: null };
      for (const n of [1, 2, 3]) expect((await tx.query({ name: 'kinds', text, values: [n] })).rows).toEqual([{ n, ...row }]);
    });
  });

  it('tells rows of different statements apart, however they are mixed', async () => {
    await onOneConnection(async (tx) => {
      const one = () => tx.query({ name: 'one', text: 'SELECT 1 AS one' });
      const two = () => tx.query({ name: 'two', text: 'SELECT 1 AS a, 2 AS b' });
      const none = () => tx.query({ name: 'none', text: 'SELECT 1 AS one WHERE false' });
      const unnamed = () => tx.query({ text: 'SELECT 3 AS c' });
      for (let round = 0; round < 3; round++) {
        const answers = await Promise.all([one(), none(), two(), unnamed(), two(), one()]);
        const [first, second, third] = [[{ one: 1 }], [{ a: 1, b: 2 }], [{ c: 3 }]];
        expect(answers.map(({ rows }) => rows)).toEqual([first, [], second, third, second, first]);
      }
    });
  });

  it('without rows says how many it changed, each time', async () => {
    await db.admin.query({ text: 'CREATE TABLE tally (n int); GRANT SELECT, INSERT, UPDATE ON tally TO appstead_app' });
    await onOneConnection(async (tx) => {
      const insert = { name: 'insert_tally', text: 'INSERT INTO tally VALUES ($1)', values: [1] };
      for (let round = 0; round < 3; round++) expect(await tx.query(insert)).toEqual({ rows: [], rowCount: 1 });
      const update = { name: 'update_tally', text: 'UPDATE tally SET n = n + 1 RETURNING n' };
      for (const n of [2, 3]) expect((await tx.query(update)).rows).toEqual([{ n }, { n }, { n }]);
    });
  });

  it('has the new columns after a table changed, at the latest on a new connection', async () => {
    await db.admin.query({ text: 'CREATE TABLE growing (a int); INSERT INTO growing VALUES (1); GRANT SELECT ON growing TO appstead_app' });
    const read = () => db.query({ name: 'read_growing', text: 'SELECT * FROM growing' });
    for (let round = 0; round < 3; round++) expect((await read()).rows).toEqual([{ a: 1 }]);
    await db.admin.query({ text: 'ALTER TABLE growing ADD COLUMN b int DEFAULT 2' });
    const outcomes = await Promise.allSettled(Array.from({ length: 20 }, read));
    for (const outcome of outcomes)
      if (outcome.status === 'fulfilled') expect(outcome.value.rows).toEqual([{ a: 1, b: 2 }]);
      else expect(outcome.reason).toMatchObject({ code: '0A000' });
    expect((await read()).rows).toEqual([{ a: 1, b: 2 }]);
  });
});
