import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { engines } from './testing/engines.ts';
import { acme, globex } from './testing/sample-rows.ts';
import type { TestDatabase } from './testing.ts';

const app = '0197a000-0000-7000-8000-0000000000aa';

describe.each(engines)('the partitions of events on $engine', ({ open }) => {
  let db: TestDatabase;
  beforeAll(async () => {
    db = await open();
  });
  afterAll(() => db.close());

  const ensure = (moment: string) => db.query({ text: 'SELECT ensure_event_partition($1)', values: [moment] });
  const names = async () =>
    (
      await db.admin.query<{ name: string }>({
        text: `SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = 'events'::regclass ORDER BY 1`,
      })
    ).rows.map(({ name }) => name);
  const insert = (organization: string, occurredAt: string) =>
    db.transact(organization, (tx) =>
      tx.query({
        text: `INSERT INTO events (organization_id, app_id, id, name, occurred_at, received_at, platform) VALUES ($1, $2, gen_random_uuid(), 'a', $3, now(), 'web')`,
        values: [organization, app, occurredAt],
      }),
    );

  it('are made by the application, one for each month in UTC, and again without harm, also at the same moment', async () => {
    await Promise.all(['2026-11-30T23:59:59.999Z', '2026-12-01T00:00:00Z', '2026-12-31T23:59:59.999Z', '2026-12-15T12:00:00Z'].map(ensure));
    await ensure('2027-01-01T00:30:00+01:00');
    expect(await names()).toEqual(['events_2026_11', 'events_2026_12']);
    for (const moment of ['2026-11-30T23:59:59.999Z', '2026-12-01T00:00:00Z', '2026-12-31T23:59:59.999Z']) await insert(acme, moment);
    await expect(insert(acme, '2027-01-01T00:00:00Z')).rejects.toMatchObject({ code: '23514' });
  });

  it('cannot be read, written or altered by the application but through their table, where each organization sees its own', async () => {
    await insert(globex, '2026-12-24T00:00:00Z');
    for (const text of ['SELECT * FROM events_2026_12', 'DELETE FROM events_2026_12', 'DROP TABLE events_2026_12'])
      await expect(db.transact(acme, (tx) => tx.query({ text }))).rejects.toMatchObject({ code: '42501' });
    const seen = await db.transact(globex, (tx) => tx.query({ text: 'SELECT organization_id FROM events' }));
    expect(seen.rows).toEqual([{ organization_id: globex }]);
    const { rows } = await db.admin.query({
      text: `SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = 'events'::regclass AND NOT (c.relrowsecurity AND c.relforcerowsecurity)`,
    });
    expect(rows).toEqual([]);
  });

  const drop = async (before: string | null) =>
    (await db.query<{ dropped: number }>({ text: 'SELECT drop_event_partitions($1) AS dropped', values: [before] })).rows[0]?.dropped;

  it('go as a whole when everything in them is older than a moment, and no other', async () => {
    for (const moment of ['2025-03-31T23:59:59Z', '2025-04-01T00:00:00Z', '2025-05-10T00:00:00Z']) await ensure(moment);
    expect(await drop('2025-03-31T23:59:59Z')).toBe(0);
    expect(await drop('2025-05-01T00:00:00Z')).toBe(2);
    expect(await names()).toEqual(['events_2025_05', 'events_2026_11', 'events_2026_12']);
  });

  it('stay while an app may keep them, whatever moment is asked for', async () => {
    await ensure(new Date().toISOString());
    const all = await names();
    expect(await drop(null)).toBeNull();
    expect(await names()).toEqual(all);
    const present = `events_${new Date().toISOString().slice(0, 7).replace('-', '_')}`;
    for (const moment of ['9999-12-31T00:00:00Z', '2999-01-01T00:00:00Z', 'infinity']) await drop(moment);
    expect(await names()).toContain(present);
  });

  it('are made and dropped by the application and the owner, and by no other role', async () => {
    const { rows } = await db.admin.query({
      text: `SELECT p.proname FROM pg_proc p, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) AS held
        WHERE p.prosecdef AND held.grantee = 0 AND held.privilege_type = 'EXECUTE'`,
    });
    expect(rows).toEqual([]);
  });
});
