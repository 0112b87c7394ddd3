import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import type pg from 'pg';
import { DatabaseUnavailable, describeFailure } from './database-errors.ts';

export type Migration = { name: string; sql: string; checksum: string };

/** Found from here both in src and in dist: each lies one folder below the package. */
const folder = new URL('../migrations/', import.meta.url);

/** The files `NNNN_name.sql` in their order. Throws on any other file and on a number used twice. */
export function readMigrations(): Migration[] {
  const names = readdirSync(folder).sort();
  names.forEach((name, index) => {
    if (!/^\d{4}_[a-z0-9_]+\.sql$/.test(name)) throw new Error(`migrations/${name} is not named NNNN_name.sql`);
    if (names[index - 1]?.slice(0, 4) === name.slice(0, 4)) throw new Error(`Two migrations have the number ${name.slice(0, 4)}`);
  });
  return names.map((name) => {
    // A checkout may have changed the line ends; that is no change of the migration.
    const sql = readFileSync(new URL(name, folder), 'utf8').replaceAll('\r\n', '\n');
    return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') };
  });
}

/** One hash for all of them: two databases with the same have the same schema. */
export function migrationsHash(migrations: Migration[]): string {
  const hash = createHash('sha256');
  for (const { name, checksum } of migrations) hash.update(`${name} ${checksum}\n`);
  return hash.digest('hex').slice(0, 16);
}

/**
 * Applies what is missing, in order, each file in a transaction of its own. The caller holds the lock.
 * Rejects when an applied file has changed since, is unknown to this version, or when a new file comes before an applied one.
 */
export async function migrate(owner: pg.ClientBase, migrations: Migration[], log: (message: string) => void): Promise<void> {
  await owner.query(`CREATE TABLE IF NOT EXISTS schema_migrations (
    name text PRIMARY KEY, checksum text NOT NULL, applied_at timestamptz(3) NOT NULL DEFAULT now())`);
  const { rows } = await owner.query<{ name: string; checksum: string }>('SELECT name, checksum FROM schema_migrations ORDER BY name');
  const pending = pendingMigrations(migrations, rows);
  for (const migration of pending) {
    try {
      await owner.query('BEGIN');
      await owner.query(migration.sql);
      await owner.query('INSERT INTO schema_migrations (name, checksum) VALUES ($1, $2)', [migration.name, migration.checksum]);
      await owner.query('COMMIT');
    } catch (error) {
      await owner.query('ROLLBACK').catch(() => undefined);
      if (describeFailure(error) instanceof DatabaseUnavailable) throw error;
      throw new Error(`Migration ${migration.name} failed: ${(error as Error).message}`, { cause: error });
    }
    log(`Applied migration ${migration.name}`);
  }
}

/** What is left to apply. Throws when the database and the files tell different stories. */
export function pendingMigrations(migrations: Migration[], applied: { name: string; checksum: string }[]): Migration[] {
  const known = new Map(migrations.map((migration) => [migration.name, migration]));
  for (const { name, checksum } of applied) {
    const migration = known.get(name);
    if (!migration)
      throw new Error(`The database is newer than this version of Appstead: it has migration ${name}. Start the newer version.`);
    if (migration.checksum !== checksum)
      throw new Error(
        `Migration ${name} was changed after it had been applied to this database. Restore the file; put changes into a new migration.`,
      );
  }
  const done = new Set(applied.map(({ name }) => name));
  const latest =
    applied
      .map(({ name }) => name)
      .sort()
      .at(-1) ?? '';
  const pending = migrations.filter(({ name }) => !done.has(name));
  for (const { name } of pending)
    if (name < latest) throw new Error(`Migration ${name} comes before ${latest}, which is already applied. Give it the next free number.`);
  return pending;
}
