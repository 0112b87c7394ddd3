import { describe, expect, it } from 'vitest';
import { type Migration, migrate, pendingMigrations, readMigrations } from './migrations.ts';
import { withOwner } from './owner.ts';
import { pgliteEngine } from './pglite/pglite-engine.ts';

const file = (name: string, sql = ''): Migration => ({ name, sql, checksum: `sum of ${sql}` });
const one = file('0001_one.sql', 'CREATE TABLE one (id int)');
const two = file('0002_two.sql', 'CREATE TABLE two (id int); INSERT INTO two VALUES (1)');

describe('migrations', () => {
  it('are the files of the package, in order', () => {
    const names = readMigrations().map(({ name }) => name);
    expect(names[0]).toBe('0001_foundation.sql');
    expect(names).toEqual([...names].sort());
  });

  it('are applied once, in order', () => {
    expect(pendingMigrations([one, two], [])).toEqual([one, two]);
    expect(pendingMigrations([one, two], [one])).toEqual([two]);
    expect(pendingMigrations([one, two], [one, two])).toEqual([]);
  });

  it('refuse a file that was changed after it had been applied', () => {
    expect(() => pendingMigrations([one], [{ ...one, checksum: 'another' }])).toThrow('0001_one.sql was changed after it had been applied');
  });

  it('refuse a database newer than the program', () => {
    expect(() => pendingMigrations([one], [one, two])).toThrow('newer than this version of Appstead: it has migration 0002_two.sql');
  });

  it('refuse a new file that comes before an applied one', () => {
    expect(() => pendingMigrations([one, two], [two])).toThrow('0001_one.sql comes before 0002_two.sql');
  });

  it('leave nothing of a file that fails, keep those before it, and go on from there', async () => {
    const engine = await pgliteEngine({ statementTimeoutMs: 30_000, log: () => undefined });
    const broken = file('0002_two.sql', 'CREATE TABLE two (id int); SELECT 1 / 0');
    const applied: string[] = [];
    await withOwner(engine, async (owner) => {
      const log = (message: string) => applied.push(message);
      await expect(migrate(owner, [one, broken], log)).rejects.toThrow('Migration 0002_two.sql failed: division by zero');
      expect((await owner.query(`SELECT to_regclass('one') AS one, to_regclass('two') AS two`)).rows).toEqual([{ one: 'one', two: null }]);
      await migrate(owner, [one, two], log);
      expect((await owner.query('SELECT id FROM two')).rows).toEqual([{ id: 1 }]);
    });
    expect(applied).toEqual(['Applied migration 0001_one.sql', 'Applied migration 0002_two.sql']);
    await engine.close();
  });
});
