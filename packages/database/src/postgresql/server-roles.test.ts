import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readMigrations } from '../migrations.ts';
import { openDatabase } from '../open-database.ts';
import { tenantSelect } from '../tenant-select.ts';
import { acme, globex, insertOrganization } from '../testing/sample-rows.ts';

const serverUrl = process.env.TEST_DATABASE_URL ?? '';

describe('opening a database of a PostgreSQL server', () => {
  const server = new pg.Client({ connectionString: serverUrl });
  const created: { databases: string[]; roles: string[] } = { databases: [], roles: [] };
  beforeAll(() => server.connect());
  afterAll(async () => {
    for (const name of created.databases) await server.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    for (const name of created.roles) await server.query(`DROP ROLE IF EXISTS ${name}`);
    await server.end();
  });

  /** An empty database whose owner has these attributes, and the URL with which the owner connects. */
  async function ownedDatabase(attributes: string): Promise<{ url: string; owner: string }> {
    const owner = `appstead_owner_${randomBytes(6).toString('hex')}`;
    const name = `${owner}_db`;
    created.roles.push(owner);
    created.databases.push(name);
    await server.query(`CREATE ROLE ${owner} LOGIN ${attributes} PASSWORD 'some password'`);
    await server.query(`CREATE DATABASE ${name} OWNER ${owner}`);
    const url = new URL(serverUrl);
    url.pathname = `/${name}`;
    url.username = owner;
    url.password = 'some password';
    return { url: url.href, owner };
  }

  it.each(['SUPERUSER', 'BYPASSRLS CREATEROLE', 'CREATEROLE', 'NOSUPERUSER'])(
    'applies row-level security when the user is %s',
    async (attributes) => {
      const { url } = await ownedDatabase(attributes);
      const db = await openDatabase({ databaseUrl: url });
      for (const id of [acme, globex]) await db.transact(id, (tx) => insertOrganization(tx, id));
      expect((await db.query({ text: 'SELECT id FROM organizations' })).rows).toEqual([]);
      const all = tenantSelect(acme, { text: 'SELECT o.id FROM organizations AS o WHERE tenant.id IS NOT NULL' });
      expect((await db.query(all)).rows).toEqual([{ id: acme }]);
      await db.close();
    },
  );

  it('refuses a user that bypasses row-level security and cannot step down', async () => {
    const { url } = await ownedDatabase('BYPASSRLS');
    await expect(openDatabase({ databaseUrl: url })).rejects.toThrow('bypasses row-level security');
  });

  it('migrates once when several processes start at the same moment', async () => {
    const { url } = await ownedDatabase('NOSUPERUSER');
    const applied: string[] = [];
    const log = (message: string) => applied.push(message);
    const databases = await Promise.all(Array.from({ length: 4 }, () => openDatabase({ databaseUrl: url, log })));
    expect(applied).toEqual(readMigrations().map(({ name }) => `Applied migration ${name}`));
    await Promise.all(databases.map((db) => db.close()));
  });

  it('keeps the settings of the URL, and its own win', async () => {
    const { url } = await ownedDatabase('SUPERUSER');
    const db = await openDatabase({ databaseUrl: `${url}?options=-c%20search_path%3Dpublic%20-c%20TimeZone%3DAsia/Tokyo` });
    const { rows } = await db.query({
      text: `SELECT current_setting('search_path') AS path, current_setting('TimeZone') AS zone, current_user AS role`,
    });
    expect(rows).toEqual([{ path: 'public', zone: 'UTC', role: 'appstead_app' }]);
    await db.close();
  });
});
