import { createHash, randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import pg from 'pg';
import { migrationsHash, readMigrations } from '../migrations.ts';
import { openDatabase, openOn } from '../open-database.ts';
import { postgresqlEngine } from '../postgresql/postgresql-engine.ts';
import { run } from '../run-statement.ts';
import type { TestDatabase } from '../testing.ts';
import { withAdmin } from './with-admin.ts';

const templateLock = '7308620094836';
const host = createHash('sha256').update(hostname()).digest('hex').slice(0, 8);
const prefix = `appstead_test_${host}_`;
let swept = false;

/** A database of its own on a server, copied from a template that carries the hash of the migrations. */
export async function postgresqlTestDatabase(serverUrl: string): Promise<TestDatabase> {
  const name = `${prefix}${process.pid}_${randomBytes(6).toString('hex')}`;
  await onServer(serverUrl, async (server) => {
    await sweep(server);
    const template = await ensureTemplate(server, serverUrl);
    await server.query(`CREATE DATABASE ${name} TEMPLATE ${template}`);
  });

  const engine = postgresqlEngine({ databaseUrl: databaseUrl(serverUrl, name), poolSize: 8, statementTimeoutMs: 30_000 });
  const { database } = await openOn(engine, () => undefined);
  const owners = new pg.Pool({ ...engine.ownerSettings, max: 2 });
  owners.on('error', () => undefined);
  const admin: TestDatabase['admin'] = {
    async query(statement) {
      const client = await owners.connect();
      return run<never>(client, statement).finally(() => client.release());
    },
  };
  return withAdmin(database, admin, async () => {
    await owners.end();
    await onServer(serverUrl, (server) => server.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`));
  });
}

async function ensureTemplate(server: pg.Client, serverUrl: string): Promise<string> {
  const template = `appstead_template_${migrationsHash(readMigrations())}`;
  const exists = async () => Boolean((await server.query('SELECT FROM pg_database WHERE datname = $1', [template])).rowCount);
  if (await exists()) return template;
  await server.query(`SELECT pg_advisory_lock(${templateLock})`);
  try {
    if (await exists()) return template;
    // Under another name until it is complete: a process that dies in between leaves nothing that looks finished.
    const building = `${template}_building`;
    await server.query(`DROP DATABASE IF EXISTS ${building} WITH (FORCE)`);
    await server.query(`CREATE DATABASE ${building}`);
    const database = await openDatabase({ databaseUrl: databaseUrl(serverUrl, building) });
    await database.close();
    await server.query(`ALTER DATABASE ${building} RENAME TO ${template}`);
    return template;
  } finally {
    await server.query(`SELECT pg_advisory_unlock(${templateLock})`);
  }
}

// Databases of test processes of this machine that were killed.
async function sweep(server: pg.Client): Promise<void> {
  if (swept) return;
  swept = true;
  const { rows } = await server.query<{ datname: string }>('SELECT datname FROM pg_database WHERE starts_with(datname, $1)', [prefix]);
  for (const { datname } of rows) {
    const pid = Number(datname.slice(prefix.length).split('_')[0]);
    if (!isAlive(pid)) await server.query(`DROP DATABASE IF EXISTS ${datname} WITH (FORCE)`).catch(() => undefined);
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

async function onServer<T>(serverUrl: string, work: (server: pg.Client) => Promise<T>): Promise<T> {
  const server = new pg.Client({ connectionString: serverUrl });
  await server.connect();
  return work(server).finally(() => server.end());
}

function databaseUrl(serverUrl: string, name: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return url.href;
}
