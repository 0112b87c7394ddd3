import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';

/** An empty database of a test: the variables that choose it, and how it goes away. */
export type EmptyDatabase = { env: Record<string, string>; remove(): Promise<void> };

const serverUrl = process.env.TEST_DATABASE_URL;

/** What the process promises on both engines is tested on PGlite, and on PostgreSQL as well when TEST_DATABASE_URL names a server. */
export const databases: { engine: string; create: () => Promise<EmptyDatabase> }[] = [
  { engine: 'pglite', create: pgliteFolder },
  ...(serverUrl ? [{ engine: 'postgresql', create: () => postgresqlDatabase(serverUrl) }] : []),
];

export async function pgliteFolder(): Promise<EmptyDatabase & { folder: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'appstead-api-'));
  return { folder, env: { DATA_DIR: folder }, remove: () => rm(folder, { recursive: true }) };
}

/** A new database on the server of `adminUrl`, whose user may create databases. */
export async function postgresqlDatabase(adminUrl: string): Promise<EmptyDatabase & { url: URL }> {
  const name = `appstead_process_${process.pid}_${randomBytes(6).toString('hex')}`;
  await asAdmin(adminUrl, `CREATE DATABASE ${name}`);
  const url = new URL(adminUrl);
  url.pathname = `/${name}`;
  return {
    url,
    env: { DATABASE_URL: url.href, ENCRYPTION_KEY: randomBytes(32).toString('base64') },
    remove: () => asAdmin(adminUrl, `DROP DATABASE ${name} WITH (FORCE)`),
  };
}

async function asAdmin(adminUrl: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  await client.query(sql).finally(() => client.end());
}
