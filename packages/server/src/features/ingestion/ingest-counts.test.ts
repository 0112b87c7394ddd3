import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { call } from '../../testing/call.ts';
import { newApp } from '../../testing/new-app.ts';
import { type RandomEvent, randomEvents, randomNumbers } from '../../testing/random-events.ts';
import { sendEvents } from '../../testing/send-events.ts';
import { type Harness, startServer } from '../../testing/server-harness.ts';

const seed = Number(process.env.TEST_SEED ?? Date.now() % 2 ** 31);
const total = 20_000;
const clients = 6;
const quarterMs = 15 * 60_000;

let server: Harness;
let key: string;
let organizationId: string;
beforeAll(async () => {
  server = await startServer();
  ({ organizationKey: key, id: organizationId } = await server.newOrganization());
});
afterAll(() => server.close());

it(`counts ${total} events of ${clients} clients, sent in part twice, like a count in memory (TEST_SEED=${seed})`, {
  timeout: 180_000,
}, async () => {
  const app = await newApp(server.url, key);
  const random = randomNumbers(seed);
  const events = randomEvents(random, total, server.now().getTime());
  const claims = await claimSome(app.id, random);
  const batches: RandomEvent[][] = [];
  for (let at = 0; at < events.length; ) {
    const size = 1 + Math.floor(random() * 400);
    batches.push(events.slice(at, at + size));
    at += size;
  }
  // A tenth comes again, by itself or with what is new.
  const again = batches.filter(() => random() < 0.1);
  const queue = [...batches, ...again].map((batch) => [...batch, ...events.slice(0, Math.floor(random() * 5))]).sort(() => random() - 0.5);
  const sent = queue.reduce((sum, batch) => sum + batch.length, 0);
  let accepted = 0;
  let duplicates = 0;
  const client = async () => {
    for (let batch = queue.pop(); batch; batch = queue.pop()) {
      const { status, body } = await sendEvents(server.url, app.api_key, batch);
      expect([status, body.rejected]).toEqual([200, []]);
      accepted += body.accepted;
      duplicates += body.duplicates;
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  expect([accepted, duplicates]).toEqual([total, sent - total]);

  const rows = async (text: string) => (await server.admin.query({ text, values: [app.id] })).rows;
  const expected = countOf(events, claims);
  expect(await rows('SELECT count(*) AS events, count(DISTINCT id) AS ids FROM events WHERE app_id = $1')).toEqual([
    { events: total, ids: total },
  ]);
  const counts = await rows(
    'SELECT quarter, name, platform, country, sum(events)::bigint AS events FROM event_counts WHERE app_id = $1 GROUP BY 1, 2, 3, 4',
  );
  expect(new Map(counts.map((row) => [[row.quarter, row.name, row.platform, row.country].join('|'), row.events]))).toEqual(expected.kinds);
  const people = await rows(
    'SELECT user_id, is_anonymous, first_seen_at, last_seen_at FROM app_users WHERE app_id = $1 AND claimed_by IS NULL AND NOT (id = ANY (SELECT claimed_by FROM app_users WHERE claimed_by IS NOT NULL))',
  );
  const seen = new Map(
    people.map((row) => [`${row.is_anonymous ? 'device' : 'user'}|${row.user_id}`, `${row.first_seen_at} ${row.last_seen_at}`]),
  );
  for (const claimer of claims.values()) expected.people.delete(`user|${claimer}`);
  expect(seen).toEqual(expected.people);
  const ofClaimers = await rows(
    "SELECT count(*) AS events FROM events JOIN app_users AS users ON users.id = events.app_user_id WHERE events.app_id = $1 AND users.user_id LIKE 'claimer %'",
  );
  expect(ofClaimers).toEqual([{ events: expected.ofClaimers }]);

  const refreshed = await call(server.url, `/v1/apps/${app.id}/stats/refresh`, { key, method: 'POST' });
  expect(refreshed.body.app).toMatchObject({
    cached_event_count: total,
    // The two who claim were there before, made without being counted.
    cached_user_count: expected.people.size,
    cached_last_event: events
      .map(({ timestamp }) => timestamp)
      .sort()
      .at(-1),
  });
});

/** Two users who claimed ten devices each, put there as a claim does: anonymous id → user. */
async function claimSome(appId: string, random: () => number): Promise<Map<string, string>> {
  const claims = new Map<string, string>();
  const insert = `INSERT INTO app_users (organization_id, app_id, id, user_id, is_anonymous, first_seen_at, last_seen_at, claimed_by)
    VALUES ($1, $2, $3, $4, $5, now(), now(), $6)`;
  for (const claimer of ['claimer 1', 'claimer 2']) {
    const id = uuidv7();
    await server.admin.query({ text: insert, values: [organizationId, appId, id, claimer, false, null] });
    for (let n = 0; n < 10; n++) {
      const device = `device ${Math.floor(random() * 500)}`;
      if (claims.has(device)) continue;
      claims.set(device, claimer);
      await server.admin.query({ text: insert, values: [organizationId, appId, uuidv7(), device, true, id] });
    }
  }
  return claims;
}

/** The same counted without a database: kinds per quarter of an hour, and who was seen from when to when. */
function countOf(events: RandomEvent[], claims: Map<string, string>) {
  const kinds = new Map<string, number>();
  const times = new Map<string, string[]>();
  let ofClaimers = 0;
  for (const { name, timestamp, platform = 'web', country = '', user_id, anonymous_id } of events) {
    const quarter = new Date(Math.floor(Date.parse(timestamp) / quarterMs) * quarterMs).toISOString();
    const kind = [quarter, name, platform, country].join('|');
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
    const claimer = user_id === undefined && anonymous_id !== undefined ? claims.get(anonymous_id) : undefined;
    if (claimer !== undefined) ofClaimers++;
    const person = user_id ?? claimer ?? anonymous_id;
    if (person === undefined) continue;
    const who = `${(user_id ?? claimer) === undefined ? 'device' : 'user'}|${person}`;
    times.set(who, [...(times.get(who) ?? []), timestamp]);
  }
  const people = new Map([...times].map(([who, all]) => [who, `${all.sort()[0]} ${all.at(-1)}`]));
  return { kinds, people, ofClaimers };
}
