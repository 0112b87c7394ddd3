import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lookUp, tenantSelect } from './tenant-select.ts';
import { engines } from './testing/engines.ts';
import { acme, globex, insertOrganization, insertUser } from './testing/sample-rows.ts';
import type { TestDatabase } from './testing.ts';

// Looked up before the tenant is known, by a secret that is unique in the whole installation. This list may only shrink.
const globalUniqueIndexes = ['invitations_hash_key', 'keys_hash_key', 'refresh_tokens_hash_key', 'users_email_key'];

describe.each(engines)('row-level security on $engine', ({ open }) => {
  let db: TestDatabase;
  beforeAll(async () => {
    db = await open();
    for (const organization of [acme, globex])
      await db.transact(organization, async (tx) => {
        await insertOrganization(tx, organization);
        await insertUser(tx, organization, organization, `owner@${organization}.example`);
      });
  });
  afterAll(() => db.close());

  it('is enabled, forced and has a policy on every table with an organization', async () => {
    const { rows } = await db.admin.query<{ name: string; enabled: boolean; forced: boolean; policies: number }>({
      text: `SELECT c.relname AS name, c.relrowsecurity AS enabled, c.relforcerowsecurity AS forced,
               (SELECT count(*) FROM pg_policy p WHERE p.polrelid = c.oid) AS policies
             FROM pg_class c
             WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
               AND (c.relname = 'organizations'
                 OR EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'organization_id' AND NOT a.attisdropped))`,
    });
    expect(rows.length).toBeGreaterThan(5);
    expect(rows.filter(({ enabled, forced, policies }) => !enabled || !forced || policies === 0)).toEqual([]);
  });

  it('covers partitions: the application reaches them only through their table', async () => {
    const { rows } = await db.query({
      text: `SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relispartition AND relkind IN ('r', 'p')
               AND (has_table_privilege(oid, 'SELECT') OR has_table_privilege(oid, 'INSERT') OR has_table_privilege(oid, 'UPDATE') OR has_table_privilege(oid, 'DELETE'))`,
    });
    expect(rows).toEqual([]);
  });

  it('begins every primary and unique key of a tenant table with organization_id, but for the listed global look-ups', async () => {
    const { rows } = await db.admin.query<{ index: string; first: string | null }>({
      text: `SELECT i.relname AS index, (SELECT attname FROM pg_attribute WHERE attrelid = x.indrelid AND attnum = x.indkey[0]) AS first
             FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class t ON t.oid = x.indrelid
             WHERE x.indisunique AND t.relnamespace = 'public'::regnamespace AND NOT t.relispartition
               AND EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = t.oid AND a.attname = 'organization_id')
             ORDER BY i.relname`,
    });
    const others = rows.filter(({ first }) => first !== 'organization_id').map(({ index }) => index);
    expect(others).toEqual(globalUniqueIndexes);
  });

  it('shows nothing to a statement that names no organization', async () => {
    expect((await db.query({ text: 'SELECT id FROM organizations' })).rows).toEqual([]);
    expect((await db.query({ text: 'SELECT id FROM users' })).rows).toEqual([]);
  });

  it('shows tenantSelect only its organization even when the predicate is left out', async () => {
    for (const organization of [acme, globex, acme]) {
      const statement = tenantSelect(organization, {
        name: 'all users',
        text: 'SELECT u.organization_id, tenant.id AS tenant FROM users AS u',
      });
      expect((await db.query(statement)).rows).toEqual([{ organization_id: organization, tenant: organization }]);
    }
  });

  it('keeps tenantSelect apart under concurrency', async () => {
    const statement = { name: 'all organizations', text: 'SELECT o.id, tenant.id AS tenant FROM organizations AS o' };
    const organizations = Array.from({ length: 200 }, (_, index) => (index % 2 ? acme : globex));
    const results = await Promise.all(organizations.map((id) => db.query(tenantSelect(id, statement))));
    expect(results.map(({ rows }) => rows)).toEqual(organizations.map((id) => [{ id, tenant: id }]));
  });

  it('lets lookUp see the one row whose secret it knows, and nothing else', async () => {
    const find = { name: 'user by e-mail', text: 'SELECT u.id FROM users AS u WHERE lookup.secret IS NOT NULL' };
    expect((await db.query(lookUp(`owner@${globex}.example`, find))).rows).toEqual([{ id: globex }]);
    expect((await db.query(lookUp('nobody@example.com', find))).rows).toEqual([]);
    const { rows } = await db.query(
      lookUp(`owner@${acme}.example`, { text: 'SELECT o.id FROM organizations AS o WHERE lookup.secret IS NOT NULL' }),
    );
    expect(rows).toEqual([]);
  });

  it('refuses to write a row of another organization (42501) and does not find one to change', async () => {
    await expect(db.transact(acme, (tx) => insertUser(tx, globex, acme, 'intruder@example.com'))).rejects.toMatchObject({ code: '42501' });
    const changed = await db.transact(acme, (tx) =>
      tx.query({ text: `UPDATE users SET name = 'Intruder' WHERE id = $1`, values: [globex] }),
    );
    expect(changed.rowCount).toBe(0);
  });

  it('gives the application no way to define tables or to touch the record of migrations', async () => {
    await expect(db.query({ text: 'CREATE TABLE intruder (id int)' })).rejects.toMatchObject({ code: '42501' });
    await expect(db.query({ text: 'ALTER TABLE users DISABLE ROW LEVEL SECURITY' })).rejects.toMatchObject({ code: '42501' });
    await expect(db.query({ text: 'DELETE FROM schema_migrations' })).rejects.toMatchObject({ code: '42501' });
  });
});
