import { randomUUID } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { call } from '../../testing/call.ts';
import { newApp } from '../../testing/new-app.ts';
import { sendEvents } from '../../testing/send-events.ts';
import { type Harness, startServer } from '../../testing/server-harness.ts';

let server: Harness;
let organization: { id: string; organizationKey: string };
let app: { id: string; api_key: string; api_secret: string };
beforeAll(async () => {
  server = await startServer();
  organization = await server.newOrganization();
});
afterAll(() => server.close());
beforeEach(async () => {
  app = await newApp(server.url, organization.organizationKey);
});

const stored = async () =>
  (await server.admin.query({ text: 'SELECT * FROM events WHERE app_id = $1 ORDER BY occurred_at, name', values: [app.id] })).rows;
const people = async () =>
  (await server.admin.query({ text: 'SELECT * FROM app_users WHERE app_id = $1 ORDER BY is_anonymous, user_id', values: [app.id] })).rows;

describe('ingestEvents', () => {
  it('200 stores every field of every event, with the key and with the secret', async () => {
    const at = new Date(server.now().getTime() - 3_600_000).toISOString();
    const full = {
      ...{
        name: 'order_completed',
        id: randomUUID(),
        user_id: 'user-42',
        anonymous_id: 'device-1',
        session_id: 'session-1',
        timestamp: at,
      },
      ...{ platform: 'apple', country: 'DE', properties: { plan: 'pro', nested: { list: [1, 'ü', null] } } },
      revenue: { amount: -1999, currency: 'EUR' },
    };
    const answer = await sendEvents(server.url, app.api_key, [full, { name: 'app_opened' }]);
    expect([answer.status, answer.body]).toEqual([200, { success: true, accepted: 2, duplicates: 0, rejected: [] }]);
    const [first, second] = await stored();
    const [person] = await people();
    expect(first).toEqual({
      ...{ organization_id: organization.id, app_id: app.id, id: full.id, name: 'order_completed', occurred_at: at },
      ...{
        received_at: expect.any(String),
        app_user_id: person?.id,
        user_id: 'user-42',
        anonymous_id: 'device-1',
        session_id: 'session-1',
      },
      ...{ platform: 'apple', country: 'DE', revenue_amount: -1999, revenue_currency: 'EUR', properties: full.properties },
    });
    expect(second).toMatchObject({ name: 'app_opened', platform: 'web', app_user_id: null, country: null, properties: null });
    expect(Date.parse(String(second?.received_at))).toBeGreaterThanOrEqual(Date.parse(String(second?.occurred_at)));

    expect((await sendEvents(server.url, app.api_secret, [{ name: 'server_side' }])).body.accepted).toBe(1);
    expect(await stored()).toHaveLength(3);
  });

  it('200 takes a compressed batch, and any time zone, to the millisecond in UTC', async () => {
    const at = server.now();
    const local = new Date(at.getTime() + 5.5 * 3_600_000).toISOString().replace(/(\.\d{3})Z/, '$1987+05:30');
    const raw = gzipSync(JSON.stringify({ events: [{ name: 'zipped', timestamp: local }] }));
    const headers = { 'X-API-Key': app.api_key, 'Content-Encoding': 'gzip' };
    expect((await call(server.url, '/v1/ingest', { raw, headers })).body.accepted).toBe(1);
    expect(await stored()).toMatchObject([{ name: 'zipped', occurred_at: at.toISOString() }]);
  });

  it('200 keeps a person for each user_id, else for each anonymous_id, seen from the first to the last of their events', async () => {
    const nowMs = server.now().getTime();
    const hour = (ago: number) => new Date(nowMs - ago * 3_600_000).toISOString();
    const event = (ago: number, ids: object) => ({ name: 'seen', timestamp: hour(ago), ...ids });
    const batches = [
      [event(5, { user_id: 'ada' }), event(3, { user_id: 'ada', anonymous_id: 'device' }), event(4, { anonymous_id: 'ada' }), event(1, {})],
      [event(6, { user_id: 'ada' }), event(2, { anonymous_id: 'ada' })],
    ];
    for (const batch of batches) expect((await sendEvents(server.url, app.api_key, batch)).body.accepted).toBe(batch.length);
    const seen = (await people()).map((row) => [row.user_id, row.is_anonymous, row.first_seen_at, row.last_seen_at]);
    expect(seen).toEqual([
      ['ada', false, hour(6), hour(3)],
      ['ada', true, hour(4), hour(2)],
    ]);
  });

  it('200 gives what comes late under a claimed anonymous id to the user who claimed it, and widens when they were seen', async () => {
    const nowMs = server.now().getTime();
    const hour = (ago: number) => new Date(nowMs - ago * 3_600_000).toISOString();
    const send = (ago: number, ids: object) => sendEvents(server.url, app.api_key, [{ name: 'seen', timestamp: hour(ago), ...ids }]);
    await send(3, { user_id: 'ada' });
    await send(3, { anonymous_id: 'device' });
    const [ada, device] = await people();
    await server.admin.query({ text: 'UPDATE app_users SET claimed_by = $2 WHERE id = $1', values: [device?.id, ada?.id] });
    expect((await send(5, { anonymous_id: 'device' })).body.accepted).toBe(1);
    expect((await send(1, { anonymous_id: 'device' })).body.accepted).toBe(1);
    const late = (await stored()).filter((row) => row.occurred_at === hour(5) || row.occurred_at === hour(1));
    expect(late.map((row) => row.app_user_id)).toEqual([ada?.id, ada?.id]);
    expect((await people())[0]).toMatchObject({ user_id: 'ada', first_seen_at: hour(5), last_seen_at: hour(1) });
  });

  it('leaves no entry in the audit trail, and nothing that another organization can see', async () => {
    const before = await server.admin.query({ text: 'SELECT count(*)::integer AS entries FROM audit_events' });
    await sendEvents(server.url, app.api_key, [{ name: 'secret_launch', user_id: 'ada' }]);
    expect(await server.admin.query({ text: 'SELECT count(*)::integer AS entries FROM audit_events' })).toEqual(before);
    const stranger = (await server.newOrganization()).id;
    for (const table of ['events', 'event_ids', 'app_users', 'event_counts', 'app_counters']) {
      const text = `SELECT organization_id FROM ${table}`;
      expect([table, (await server.db.transact(stranger, (tx) => tx.query({ text }))).rows]).toEqual([table, []]);
      expect((await server.db.transact(organization.id, (tx) => tx.query({ text }))).rows).not.toEqual([]);
    }
  });
});
