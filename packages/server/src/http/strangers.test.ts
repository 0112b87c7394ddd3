import { readDocument } from '@appstead/contract/document';
import { type Queryable, tenantSelect } from '@appstead/database';
import { tableChecksums } from '@appstead/database/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { insertAppUser, insertDelivery } from '../testing/app-rows.ts';
import { type Answer, call } from '../testing/call.ts';
import { newApp } from '../testing/new-app.ts';
import type { TestOrganization } from '../testing/organization.ts';
import { type Harness, startServer } from '../testing/server-harness.ts';
import { type IndexedOperation, indexContract } from './contract-index.ts';

const document = readDocument();
/** Every operation on something with an id, now and in days to come. */
const onIds = indexContract(document).filter(({ path, security }) => /\{\w+_id\}/.test(path) && security.length > 0);
const missing = '01939f5c-9b20-7d66-8b2a-74d9e2f30415';

let server: Harness;
let owner: TestOrganization;
let stranger: TestOrganization;
let ids: Record<string, string>;
let deletedIds: Record<string, string>;

beforeAll(async () => {
  server = await startServer();
  [owner, stranger] = [await server.newOrganization(), await server.newOrganization()];
  ids = await everyId();
  deletedIds = { ...ids, app_id: (await newApp(server.url, owner.organizationKey)).id };
  await call(server.url, `/v1/apps/${deletedIds.app_id}`, { key: owner.organizationKey, method: 'DELETE' });
});
afterAll(() => server.close());

/** One of everything that has an id, of the owner's organization. */
async function everyId(): Promise<Record<string, string>> {
  const make = async (path: string, body: unknown) => (await call(server.url, path, { key: owner.session, body })).body;
  const { id: app_id } = await newApp(server.url, owner.organizationKey);
  return {
    app_id,
    app_user_id: await insertAppUser(server.admin, { organizationId: owner.id, appId: app_id }, { user_id: 'ada@example.com' }),
    delivery_id: await insertDelivery(server.admin, { organizationId: owner.id, appId: app_id }),
    member_id: (await server.newUser(owner.id, 'member')).id,
    invitation_id: (await make('/v1/invitations', { email: 'invited@example.com', role: 'member' })).invitation.id,
    team_id: (await make('/v1/teams', { name: 'A team' })).team.id,
    project_id: (await make('/v1/projects', { name: 'A project' })).project.id,
    api_key_id: (await make('/v1/api-keys', { name: 'A key', scopes: ['apps:read'] })).api_key.id,
  };
}

/** A valid request of an operation, with the example of the contract for a body. */
function send(operation: IndexedOperation, idOf: (parameter: string) => string, key: string): Promise<Answer> {
  const path = operation.path.replaceAll(/\{(\w+)\}/g, (_, parameter) => idOf(parameter));
  const media = Object.values(document.paths[operation.path]?.[operation.method]?.requestBody?.content ?? {})[0];
  const body = media?.example ?? Object.values(media?.examples ?? {})[0]?.value;
  return call(server.url, path, { method: operation.method.toUpperCase(), key, ...(body ? { body } : {}) });
}

function shown({ status, headers, body }: Answer) {
  // What is left of a limit goes down with every call, whatever it is for.
  const { 'x-request-id': _, date, ratelimit, ...others } = Object.fromEntries(headers);
  return { status, headers: others, body: { ...body, request_id: '' } };
}

function idOf(known: Record<string, string>) {
  return (parameter: string): string => {
    const id = known[parameter];
    if (id === undefined) throw new Error(`this test needs to know a ${parameter} of another organization`);
    return id;
  };
}

describe('what belongs to another organization looks like what is not there', () => {
  it.each(onIds.map((operation) => [operation.id, operation] as const))('%s', async (_, operation) => {
    const credentials = [stranger.organizationKey, stranger.session, await server.newApiKey(stranger.id, { scopes: scopesOf(operation) })];
    const before = await stored();
    for (const key of credentials) {
      const nothing = await send(operation, () => missing, key);
      for (const known of [ids, deletedIds]) expect(shown(await send(operation, idOf(known), key))).toEqual(shown(nothing));
      if (nothing.status !== 403) expect(nothing.status).toBe(404);
    }
    expect(await stored()).toEqual(before);
  });

  it('nor do ids in queries and bodies find it', async () => {
    const key = stranger.organizationKey;
    const { team_id, project_id } = (await call(server.url, `/v1/apps/${ids.app_id}`, { key: owner.organizationKey })).body.app;
    for (const query of [`team_id=${team_id}`, `project_id=${project_id}`]) {
      expect((await call(server.url, `/v1/apps?${query}`, { key })).body.apps).toEqual([]);
    }
    expect((await call(server.url, `/v1/audit-events?resource_id=${ids.app_id}`, { key })).body.audit_events).toEqual([]);
    const refused = await call(server.url, '/v1/apps', { key, body: { name: 'mine', project_id } });
    const nothing = await call(server.url, '/v1/apps', { key, body: { name: 'mine', project_id: missing } });
    expect(shown(refused)).toEqual(shown(nothing));
  });
});

describe('row-level security alone keeps organizations apart', () => {
  it('a statement that forgets the owner sees and changes only rows of the organization of its transaction', async () => {
    for (const table of await tenantTables()) {
      const all = `SELECT rows.organization_id FROM ${table} AS rows`;
      const { rows } = await server.db.query<{ organization_id: string }>(
        tenantSelect(stranger.id, { text: `${all} WHERE tenant.id IS NOT NULL` }),
      );
      expect([table, rows.filter(({ organization_id }) => organization_id !== stranger.id)]).toEqual([table, []]);
      expect([table, (await server.db.query({ text: all })).rows]).toEqual([table, []]);
      const changed = await server.db.transact(stranger.id, async (tx) => [
        (await tx.query({ text: `UPDATE ${table} SET organization_id = organization_id WHERE organization_id = $1`, values: [owner.id] }))
          .rowCount,
        (await tx.query({ text: `DELETE FROM ${table} WHERE organization_id = $1`, values: [owner.id] })).rowCount,
      ]);
      expect([table, changed]).toEqual([table, [0, 0]]);
    }
  });

  it('nothing can be written into another organization or moved there', async () => {
    const refused = (work: (tx: Queryable) => Promise<unknown>) =>
      expect(server.db.transact(stranger.id, work)).rejects.toMatchObject({ code: '42501' });
    const insert = 'INSERT INTO teams (organization_id, id, name, created_at, updated_at) VALUES ($1, gen_random_uuid(), $2, now(), now())';
    await refused((tx) => tx.query({ text: insert, values: [owner.id, 'Smuggled'] }));
    await refused((tx) => tx.query({ text: 'UPDATE users SET organization_id = $1', values: [owner.id] }));
  });
});

function scopesOf({ security }: IndexedOperation): string[] {
  return security.flatMap((alternative) => alternative.apiKey ?? []);
}

/** All but the keys, of which this file makes some itself, and how often somebody called, which is counted before anything is looked for. */
async function stored(): Promise<Record<string, string>> {
  const { keys, rate_limits, ...tables } = await tableChecksums(server.admin);
  return tables;
}

async function tenantTables(): Promise<string[]> {
  const { rows } = await server.admin.query<{ name: string }>({
    text: `SELECT c.relname AS name FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attname = 'organization_id'
      WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition ORDER BY c.relname`,
  });
  expect(rows.length).toBeGreaterThan(5);
  return rows.map(({ name }) => name);
}
