import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { newApp } from '../../testing/new-app.ts';
import { sendEvents } from '../../testing/send-events.ts';
import { type Harness, startServer } from '../../testing/server-harness.ts';

let server: Harness;
let key: string;
let app: { id: string; api_key: string; api_secret: string };
beforeAll(async () => {
  server = await startServer();
  key = (await server.newOrganization()).organizationKey;
});
afterAll(() => server.close());
beforeEach(async () => {
  app = await newApp(server.url, key);
});

const stored = async () =>
  (await server.admin.query({ text: 'SELECT * FROM events WHERE app_id = $1 ORDER BY occurred_at, name', values: [app.id] })).rows;
const people = async () =>
  (await server.admin.query({ text: 'SELECT * FROM app_users WHERE app_id = $1 ORDER BY user_id', values: [app.id] })).rows;

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
      ...{ organization_id: expect.any(String), app_id: app.id, id: full.id, name: 'order_completed', occurred_at: at },
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
    expect(Date.parse(String(second?.received_at)) - Date.parse(String(second?.occurred_at))).toBeGreaterThanOrEqual(0);

    expect((await sendEvents(server.url, app.api_secret, [{ name: 'server_side' }])).body.accepted).toBe(1);
    expect(await stored()).toHaveLength(3);
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
    expect(seen.sort((a, b) => Number(a[1]) - Number(b[1]))).toEqual([
      ['ada', false, hour(6), hour(3)],
      ['ada', true, hour(4), hour(2)],
    ]);
  });
});
