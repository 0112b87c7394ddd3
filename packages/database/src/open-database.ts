import pg from 'pg';
import { ensureApplicationRole, grantToApplicationRole } from './application-role.ts';
import type { Database } from './database.ts';
import { describeFailure } from './database-errors.ts';
import type { Engine } from './engine.ts';
import { migrate, readMigrations } from './migrations.ts';
import { withOwner } from './owner.ts';
import { pgliteEngine } from './pglite/pglite-engine.ts';
import { PooledDatabase } from './pooled-database.ts';
import { postgresqlEngine } from './postgresql/postgresql-engine.ts';
import { SharedConnections } from './shared-connections.ts';

export type DatabaseOptions = {
  /** A PostgreSQL server, 15 or later. Without it PGlite runs in this process. */
  databaseUrl?: string;
  /** The folder of PGlite; in memory without it. */
  dataDir?: string;
  /** Connections to PostgreSQL, besides the one that listens. From 4 on, two of them are shared by quick reads. Default 8. */
  poolSize?: number;
  /** Default 30,000. */
  statementTimeoutMs?: number;
  log?: (message: string) => void;
};

/** Any number, the same in every version: two processes that start at once migrate one after the other. */
const migrationLock = '7308620094835';

/** Connects, brings the schema up to date and returns the database. Rejects with DatabaseUnavailable, or an Error that says what to do. */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const { database } = await openOn(await engineFor(options), options.log ?? (() => undefined));
  return database;
}

async function engineFor(options: DatabaseOptions): Promise<Engine> {
  const { statementTimeoutMs = 30_000, poolSize = 8, log = () => undefined } = options;
  if (options.databaseUrl) return postgresqlEngine({ databaseUrl: options.databaseUrl, poolSize, statementTimeoutMs });
  return pgliteEngine({ dataDir: options.dataDir, statementTimeoutMs, log });
}

/** The rest of opening, when the engine is there, with the parts that tests reach for. Closes the engine when it fails. */
export async function openOn(
  engine: Engine,
  log: (message: string) => void,
): Promise<{ database: PooledDatabase; pool: pg.Pool; role: string | undefined }> {
  let role: string | undefined;
  try {
    role = await withOwner(engine, async (owner) => {
      await owner.query(`SELECT pg_advisory_lock(${migrationLock})`);
      const found = await ensureApplicationRole(owner);
      await migrate(owner, readMigrations(), log);
      if (found) await grantToApplicationRole(owner);
      await engine.prepare(owner, found);
      await owner.query(`SELECT pg_advisory_unlock(${migrationLock})`);
      return found;
    });
  } catch (error) {
    await engine.close();
    throw describeFailure(error);
  }

  const pool = new pg.Pool({ ...engine.poolSettings(role), onConnect: (client) => engine.afterConnect(client, role) });
  // An idle connection that breaks; the pool replaces it. Unheard, the event would end the process.
  pool.on('error', (error) => log(`An idle database connection failed: ${error.message}`));
  // The same for a connection in use: its statement rejects as well.
  pool.on('connect', (client) => client.on('error', () => undefined));
  const shared = engine.sharedSize > 0 ? new SharedConnections(engine.poolSettings(role), engine.sharedSize, log) : undefined;
  const listener = engine.listener(pool, log);
  const stopTending = engine.tend(pool, log);
  const close = async () => {
    stopTending();
    await listener.close();
    await shared?.close();
    await pool.end();
    await engine.close();
  };
  return { database: new PooledDatabase({ kind: engine.kind, pool, shared, listener, close }), pool, role };
}
