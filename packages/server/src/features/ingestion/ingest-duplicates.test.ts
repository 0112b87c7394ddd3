import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newApp } from '../../testing/new-app.ts';
import { sendEvents } from '../../testing/send-events.ts';
import { type Harness, startServer } from '../../testing/server-harness.ts';

let server: Harness;
let other: Harness;
let key: string;
beforeAll(async () => {
  server = await startServer();
  other = await startServer({ beside: server });
  key = (await server.newOrganization()).organizationKey;
});
afterAll(async () => {
  await other.close();
  await server.close();
});

const events = (count: number) =>
  Array.from({ length: count }, (_, n) => ({ name: `event ${n % 7}`, id: randomUUID(), user_id: `user ${n % 5}` }));
const counted = async (appId: string) =>
  (
    await server.admin.query({
      text: `SELECT (SELECT count(*) FROM events WHERE app_id = $1) AS events, (SELECT count(*) FROM app_users WHERE app_id = $1) AS people,
        (SELECT sum(events)::bigint FROM event_counts WHERE app_id = $1) AS counts, (SELECT sum(events)::bigint FROM app_counters WHERE app_id = $1) AS total,
        (SELECT sum(users)::bigint FROM app_counters WHERE app_id = $1) AS users`,
      values: [appId],
    })
  ).rows[0];

describe('an event is stored once, by its id', () => {
  it('within a batch, in whatever case the id is written, and across batches', async () => {
    const app = await newApp(server.url, key);
    const [one, two] = events(2);
    const upper = { ...one, id: one?.id.toUpperCase(), name: 'again' };
    expect((await sendEvents(server.url, app.api_key, [one, upper, two, one])).body).toMatchObject({ accepted: 2, duplicates: 2 });
    expect((await sendEvents(server.url, app.api_key, [two, { name: 'new' }, upper])).body).toMatchObject({ accepted: 1, duplicates: 2 });
    expect(await counted(app.id)).toEqual({ events: 3, people: 2, counts: 3, total: 3, users: 2 });
  });

  it('also when the same batch comes twenty times at once, to two processes', async () => {
    const app = await newApp(server.url, key);
    const batch = events(50);
    const urls = Array.from({ length: 20 }, (_, n) => (n % 2 ? server : other).url);
    const answers = await Promise.all(urls.map((url) => sendEvents(url, app.api_key, batch)));
    expect(answers.map(({ status }) => status)).toEqual(urls.map(() => 200));
    const sum = (field: string) => answers.reduce((total, { body }) => total + body[field], 0);
    expect([sum('accepted'), sum('duplicates')]).toEqual([50, 950]);
    expect(await counted(app.id)).toEqual({ events: 50, people: 5, counts: 50, total: 50, users: 5 });
  });

  it('but not across apps, and not without an id', async () => {
    const [first, second] = [await newApp(server.url, key), await newApp(server.url, key)];
    const batch = events(3);
    for (const app of [first, second]) expect((await sendEvents(server.url, app.api_key, batch)).body.accepted).toBe(3);
    const nameless = [{ name: 'a' }, { name: 'a' }];
    for (const _ of [1, 2])
      expect((await sendEvents(server.url, first.api_key, nameless)).body).toMatchObject({ accepted: 2, duplicates: 0 });
    expect(await counted(first.id)).toMatchObject({ events: 7 });
  });

  it('an event with the id that the server made for another is a duplicate of it, and no error', async () => {
    const app = await newApp(server.url, key);
    await sendEvents(server.url, app.api_key, [{ name: 'a' }]);
    const { rows } = await server.admin.query({ text: 'SELECT id, occurred_at FROM events WHERE app_id = $1', values: [app.id] });
    const copy = { name: 'copy', id: rows[0]?.id, timestamp: rows[0]?.occurred_at };
    expect((await sendEvents(server.url, app.api_key, [copy, { name: 'b' }])).body).toMatchObject({ accepted: 1, duplicates: 1 });
  });
});
