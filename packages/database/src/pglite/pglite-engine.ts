import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type pg from 'pg';
import { batchWrites } from '../batch-writes.ts';
import { columnTypes } from '../column-types.ts';
import type { Engine } from '../engine.ts';
import { withOwner } from '../owner.ts';
import { lockDataFolder } from './data-folder-lock.ts';
import { PgliteConnection } from './pglite-connection.ts';
import { pgliteListener } from './pglite-listener.ts';
import { PgliteSession } from './pglite-session.ts';
import { vacuumChangedTables } from './pglite-vacuum.ts';

const checkpointEveryMs = 5 * 60_000;
const vacuumEveryMs = 60_000;
/** One session serves everybody: waiting for it this long means that the process is overloaded. */
const waitLimitMs = 10_000;
const ownerLimitMs = 10 * 60_000;
/** The PostgreSQL inside PGlite 0.5. A folder of another one cannot be read. */
const majorVersion = '18';

/**
 * PostgreSQL inside this process, on a data folder (`pgdata` in it, next to our lock) or in memory. Survives the end of the process at
 * any moment, not the loss of power: it never calls fsync. None of PostgreSQL's time limits may be set on it: it ignores some and hangs on others.
 */
export async function pgliteEngine(options: {
  dataDir?: string;
  snapshotFile?: string;
  statementTimeoutMs: number;
  log: (message: string) => void;
}): Promise<Engine & { session: PgliteSession }> {
  const lock = options.dataDir === undefined ? undefined : await lockDataFolder(options.dataDir);
  const dataDir = options.dataDir && join(options.dataDir, 'pgdata');
  const session = new PgliteSession({ dataDir, snapshotFile: options.snapshotFile }, options.log);
  try {
    if (dataDir) await checkVersion(dataDir);
    await session.worker();
    await lock?.verify();
  } catch (error) {
    await session.close();
    await lock?.release();
    throw new Error(`The embedded database could not open ${options.dataDir ?? 'its memory'}: ${(error as Error).message}`, {
      cause: error,
    });
  }

  const settings = (limitMs: number) =>
    ({
      stream: () => batchWrites(new PgliteConnection(session, limitMs)),
      user: 'postgres',
      database: 'postgres',
      host: 'localhost',
      ssl: false,
      types: columnTypes,
      pipeline: true,
      connectionTimeoutMillis: waitLimitMs,
    }) satisfies pg.ClientConfig;

  const engine: Engine & { session: PgliteSession } = {
    kind: 'pglite',
    session,
    ownerSettings: settings(ownerLimitMs),
    sharedSize: 0,
    poolSettings: () => ({ ...settings(options.statementTimeoutMs), max: 1, idleTimeoutMillis: 0 }),
    // Each connection takes over the one session that exists, in whatever state the one before left it.
    async afterConnect(client, role) {
      await client.query('ROLLBACK');
      await client.query('DISCARD ALL');
      await client.query(`SET TIME ZONE 'UTC'`);
      if (role) await client.query(`SET ROLE ${role}`);
    },
    async prepare(owner, role) {
      if (role) await owner.query(`GRANT pg_checkpoint, pg_maintain TO ${role} WITH INHERIT TRUE`);
    },
    listener: (pool) => pgliteListener(pool),
    // PGlite has no background processes: without this the write-ahead log grows for ever, rows that were replaced keep their place, and the
    // planner knows nothing of the tables.
    tend(pool, log) {
      const every = (ms: number, title: string, work: () => Promise<unknown>) =>
        setInterval(() => {
          work().catch((error: Error) => log(`${title} failed: ${error.message}`));
        }, ms).unref();
      const timers = [
        every(checkpointEveryMs, 'CHECKPOINT', () => checkpoint(pool)),
        every(vacuumEveryMs, 'VACUUM', () => vacuumChangedTables(pool)),
      ];
      return () => timers.forEach(clearInterval);
    },
    async close() {
      await withOwner(engine, (owner) => owner.query('CHECKPOINT')).catch((error: Error) =>
        options.log(`CHECKPOINT failed: ${error.message}`),
      );
      await session.close();
      await lock?.release();
    },
  };
  return engine;
}

async function checkpoint(pool: pg.Pool): Promise<void> {
  const client = await pool.connect();
  await client.query('CHECKPOINT').finally(() => client.release());
}

async function checkVersion(dataDir: string): Promise<void> {
  const found = await readFile(join(dataDir, 'PG_VERSION'), 'utf8').catch(() => undefined);
  if (found !== undefined && found.trim() !== majorVersion)
    throw new Error(
      `it was written by PostgreSQL ${found.trim()}, this version has ${majorVersion}; dump it with the version that wrote it and restore the dump`,
    );
}
