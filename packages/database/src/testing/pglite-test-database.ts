import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir, userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import type pg from 'pg';
import type { Queryable } from '../database.ts';
import { describeFailure } from '../database-errors.ts';
import { migrationsHash, readMigrations } from '../migrations.ts';
import { openOn } from '../open-database.ts';
import { pgliteEngine } from '../pglite/pglite-engine.ts';
import { run } from '../run-statement.ts';
import type { TestDatabase } from '../testing.ts';
import { withAdmin } from './with-admin.ts';

const log = () => undefined;

/** PGlite in memory, loaded from a snapshot of the migrated database. A statement over the limit ends it. */
export async function pgliteTestDatabase(statementTimeoutMs = 30_000): Promise<TestDatabase> {
  const engine = await pgliteEngine({ snapshotFile: await snapshot(), statementTimeoutMs, log });
  const { database, pool, role } = await openOn(engine, log);
  return withAdmin(database, pgliteAdmin(pool, role), async () => undefined);
}

// There is one session, so the owner borrows the application's connection and steps out of its role.
function pgliteAdmin(pool: pg.Pool, role: string | undefined): Queryable {
  return {
    async query(statement) {
      const client = await pool.connect().catch((error) => {
        throw describeFailure(error);
      });
      try {
        await client.query('RESET ROLE');
        return await run(client, statement);
      } finally {
        if (role) await client.query(`SET ROLE ${role}`).catch(() => undefined);
        client.release();
      }
    },
  };
}

/** The file with the snapshot, made when missing. Several processes may make it at once: each writes aside, and the last rename wins. */
async function snapshot(): Promise<string> {
  const folder = join(tmpdir(), `appstead-test-snapshots-${userInfo().uid}`);
  const file = join(folder, `pglite-${pgliteVersion()}-${migrationsHash(readMigrations())}.tar`);
  if (existsSync(file)) return file;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const engine = await pgliteEngine({ statementTimeoutMs: 30_000, log });
  const { database } = await openOn(engine, log);
  try {
    const worker = await engine.session.worker();
    const aside = `${file}.${randomUUID()}`;
    await writeFile(aside, await worker.dump());
    await rename(aside, file);
  } finally {
    await database.close();
  }
  return file;
}

function pgliteVersion(): string {
  const entry = createRequire(import.meta.url).resolve('@electric-sql/pglite');
  const { version } = JSON.parse(readFileSync(join(dirname(entry), '..', 'package.json'), 'utf8')) as { version: string };
  return version;
}
