import type { Queryable } from '@appstead/database';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { insertAppUser, insertCounts, insertEvent, insertManyEvents } from '../../testing/app-rows.ts';
import { call, expectProblem } from '../../testing/call.ts';
import { newApp } from '../../testing/new-app.ts';
import { type Harness, startServer } from '../../testing/server-harness.ts';
import { statementRows } from '../events/in-statements.ts';

let server: Harness;
let key: string;
let organizationId: string;
beforeAll(async () => {
  server = await startServer();
  ({ id: organizationId, organizationKey: key } = await server.newOrganization());
});
afterAll(() => server.close());

const erase = (app: string, id: string, by = key) => call(server.url, `/v1/apps/${app}/users/${id}`, { method: 'DELETE', key: by });

/** An app with a person who claimed an anonymous id, their events in two months, and another person who used the same device. */
async function aPerson() {
  const { id: appId } = await newApp(server.url, key);
  const owner = { organizationId, appId };
  const canaries = {
    user: `canary-${uuidv7()}`,
    anonymous: `canary-${uuidv7()}`,
    property: `canary-${uuidv7()}`,
    fact: `canary-${uuidv7()}`,
  };
  const { user: user_id, anonymous: anonymous_id } = canaries;
  const id = await insertAppUser(server.admin, owner, { user_id, properties: { email: canaries.property } });
  await insertAppUser(server.admin, owner, { user_id: anonymous_id, is_anonymous: true, claimed_by: id });
  const other = await insertAppUser(server.admin, owner, { user_id: 'somebody else' });
  await insertEvent(server.admin, owner, { at: '2026-10-31T10:00:00.000Z', app_user_id: id, anonymous_id });
  const told = await insertEvent(server.admin, owner, {
    ...{ at: '2026-11-01T10:00:00.000Z', app_user_id: id, user_id, properties: { note: canaries.fact } },
  });
  const shared = await insertEvent(server.admin, owner, {
    ...{ at: '2026-11-01T10:00:00.000Z', app_user_id: other, user_id: 'somebody else', anonymous_id },
  });
  // Of the event that was told to the webhook of the app, and of the other person's.
  for (const event of [told, shared]) {
    await server.admin.query({
      text: `INSERT INTO webhook_deliveries (organization_id, app_id, id, event_id, event_occurred_at, status, queued_at, created_at, settled_at)
        VALUES ($1, $2, $3, $4, '2026-11-01T10:00:00.000Z', 'delivered', now(), now(), now())`,
      values: [organizationId, appId, uuidv7(), event],
    });
  }
  await insertCounts(server.admin, owner, [{ quarter: '2026-11-01T10:00:00.000Z', events: 3 }]);
  return { appId, id, other, shared, canaries };
}

/** The tables in which any row has a text in it, whatever its column. */
async function tablesWith(admin: Queryable, text: string): Promise<string[]> {
  const { rows } = await admin.query<{ name: string }>({
    text: `SELECT relname AS name FROM pg_class
      WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition ORDER BY relname`,
  });
  expect(rows.length).toBeGreaterThan(15);
  const found: string[] = [];
  for (const { name } of rows) {
    const any = await admin.query({ text: `SELECT FROM public.${name} AS each WHERE each::text LIKE $1 LIMIT 1`, values: [`%${text}%`] });
    if (any.rowCount > 0) found.push(name);
  }
  return found;
}

describe('eraseAppUser', () => {
  it('200 leaves no trace of the person in any table, nor in the log, and answers with what it removed', async () => {
    const { appId, id, canaries } = await aPerson();
    expect(await tablesWith(server.admin, canaries.user)).toEqual(['app_users', 'events']);
    const { status, body } = await erase(appId, id);
    expect([status, body]).toEqual([
      200,
      {
        success: true,
        receipt: {
          ...{ id: expect.any(String), app_id: appId, app_user_id: id, erased_at: expect.any(String) },
          counts: { events: 2, anonymous_ids: 1, webhook_deliveries: 1 },
        },
      },
    ]);
    for (const canary of Object.values(canaries)) {
      expect([canary, await tablesWith(server.admin, canary)]).toEqual([canary, []]);
      expect(server.log.join('')).not.toContain(canary);
    }
  });

  it('leaves other people and their events, but for the anonymous id they shared', async () => {
    const { appId, id, other, shared } = await aPerson();
    await erase(appId, id);
    const { users } = (await call(server.url, `/v1/apps/${appId}/users`, { key })).body;
    expect(users.map((user: { id: string }) => user.id)).toEqual([other]);
    const { events } = (await call(server.url, `/v1/apps/${appId}/events`, { key })).body;
    expect(events).toMatchObject([{ id: shared, user_id: 'somebody else', anonymous_id: null }]);
    const text = 'SELECT event_id FROM webhook_deliveries WHERE app_id = $1';
    expect((await server.admin.query({ text, values: [appId] })).rows).toEqual([{ event_id: shared }]);
  });

  it('leaves what was counted as it was', async () => {
    const { appId, id } = await aPerson();
    const stats = async () => (await call(server.url, `/v1/apps/${appId}/stats?from=2026-11-01&to=2026-11-01`, { key })).body.stats;
    const before = await stats();
    await erase(appId, id);
    expect(await stats()).toEqual(before);
    expect(before.total).toBe(3);
  });

  it('200 erases somebody anonymous, too', async () => {
    const { id: appId } = await newApp(server.url, key);
    const owner = { organizationId, appId };
    const canary = `canary-${uuidv7()}`;
    const id = await insertAppUser(server.admin, owner, { user_id: canary, is_anonymous: true });
    await insertEvent(server.admin, owner, { at: '2026-11-01T10:00:00.000Z', app_user_id: id, anonymous_id: canary });
    expect((await erase(appId, id)).body.receipt.counts).toEqual({ events: 1, anonymous_ids: 1, webhook_deliveries: 0 });
    expect(await tablesWith(server.admin, canary)).toEqual([]);
  });

  it('200 for somebody with more events than one statement takes', async () => {
    const { id: appId } = await newApp(server.url, key);
    const owner = { organizationId, appId };
    const id = await insertAppUser(server.admin, owner, { user_id: 'a machine' });
    const count = 2 * statementRows + 1;
    await insertManyEvents(server.admin, owner, { app_user_id: id, count });
    expect((await erase(appId, id)).body.receipt.counts).toMatchObject({ events: count });
    expect((await server.admin.query({ text: 'SELECT FROM events WHERE app_id = $1', values: [appId] })).rowCount).toBe(0);
  });

  it('404 app_user_not_found the second time, for a claimed anonymous id, and for a person of another app; nothing is removed then', async () => {
    const [gone, kept] = [await aPerson(), await aPerson()];
    await erase(gone.appId, gone.id);
    expectProblem(await erase(gone.appId, gone.id), 404, 'app_user_not_found');
    const text = 'SELECT id FROM app_users WHERE app_id = $1 AND claimed_by IS NOT NULL';
    const claimed = (await server.admin.query<{ id: string }>({ text, values: [kept.appId] })).rows[0]?.id as string;
    expectProblem(await erase(kept.appId, claimed), 404, 'app_user_not_found');
    expectProblem(await erase(gone.appId, kept.id), 404, 'app_user_not_found');
    const stranger = (await server.newOrganization()).organizationKey;
    expectProblem(await erase((await newApp(server.url, stranger)).id, kept.id, stranger), 404, 'app_user_not_found');
    expectProblem(await erase(kept.appId, kept.id, stranger), 404, 'app_not_found');
    expect(await tablesWith(server.admin, kept.canaries.user)).toEqual(['app_users', 'events']);
  });

  it('404 for all but one of five who erase the same person at once', async () => {
    const { appId, id } = await aPerson();
    const statuses = await Promise.all(Array.from({ length: 5 }, async () => (await erase(appId, id)).status));
    expect(statuses.sort()).toEqual([200, 404, 404, 404, 404]);
  });

  it('leaves an audit entry that names the person only by the id of Appstead', async () => {
    const { appId, id, canaries } = await aPerson();
    const { receipt } = (await erase(appId, id)).body;
    const { body, text } = await call(server.url, `/v1/audit-events?resource_id=${id}`, { key });
    expect(body.audit_events).toMatchObject([{ action: 'app_user.erased', resource: { type: 'app_user', id } }]);
    expect(body.audit_events[0].changes.receipt_id.after).toBe(receipt.id);
    for (const canary of Object.values(canaries)) expect(text).not.toContain(canary);
  });

  it('403 for members and for API keys that only read', async () => {
    const { appId, id } = await aPerson();
    const reader = await server.newApiKey(organizationId, { preset: 'read_only' });
    expectProblem(await erase(appId, id, reader), 403, 'insufficient_scope');
    expectProblem(await erase(appId, id, (await server.newUser(organizationId, 'member')).session), 403, 'insufficient_role');
    const writer = await server.newApiKey(organizationId, { scopes: ['apps:write'] });
    expect((await erase(appId, id, writer)).status).toBe(200);
  });
});
