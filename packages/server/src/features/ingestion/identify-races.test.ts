import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, call } from '../../testing/call.ts';
import { newApp } from '../../testing/new-app.ts';
import { sendEvents } from '../../testing/send-events.ts';
import { type Harness, startServer } from '../../testing/server-harness.ts';

let servers: [Harness, Harness];
let key: string;
beforeAll(async () => {
  const first = await startServer();
  // A second process on the same database: within one, batches of an app never meet.
  servers = [first, await startServer({ beside: first })];
  key = (await first.newOrganization()).organizationKey;
});
afterAll(async () => {
  for (const server of [...servers].reverse()) await server.close();
});

type Event = { id: string; user_id?: string; anonymous_id?: string; atMs: number };
type Step = { server: 0 | 1 } & ({ events: Omit<Event, 'id'>[] } | { user_id: string; anonymous_id: string; plan: number });
type UserRow = {
  id: string;
  user_id: string;
  is_anonymous: boolean;
  first_seen_at: string;
  last_seen_at: string;
  claimed_by: string | null;
};

const userId = fc.constantFrom('ada', 'grace', 'alan');
const anonymousId = fc.constantFrom('device 1', 'device 2', 'device 3', 'device 4', 'device 5');
const minutesAgo = fc.integer({ min: 1, max: 20_000 });
const event = fc
  .record({ user_id: fc.option(userId, { nil: undefined }), anonymous_id: fc.option(anonymousId, { nil: undefined }), ago: minutesAgo })
  .map(({ ago, ...ids }) => ({ ...ids, atMs: Math.floor(Date.now() / 60_000 - ago) * 60_000 }));
const server = fc.constantFrom(0 as const, 1 as const);
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ server, events: fc.array(event, { minLength: 1, maxLength: 6 }) }),
  fc.record({ server, user_id: userId, anonymous_id: anonymousId, plan: fc.nat(3) }),
);
/** Waves of requests that are sent at once. */
const waves = fc.array(fc.array(step, { minLength: 1, maxLength: 10 }), { minLength: 1, maxLength: 4 });

/** Sends everything; what was accepted, and who was told to have which anonymous id. */
async function play(apiKey: string, schedule: Step[][]) {
  const events: Event[] = [];
  const identified: Set<string> = new Set();
  const claims = new Map<string, Set<string>>();
  for (const wave of schedule) {
    await Promise.all(
      wave.map(async (each) => {
        const { url } = servers[each.server];
        if ('events' in each) {
          const sent = each.events.map((one) => ({ ...one, id: randomUUID() }));
          const body = sent.map(({ atMs, ...ids }) => ({ name: 'seen', timestamp: new Date(atMs).toISOString(), ...ids }));
          const answer = await sendEvents(url, apiKey, body);
          expect([answer.status, answer.body.accepted], answer.text).toEqual([200, sent.length]);
          events.push(...sent);
          return;
        }
        const { user_id, anonymous_id, plan } = each;
        const answer: Answer = await call(url, '/v1/identify', {
          headers: { 'X-API-Key': apiKey },
          body: { user_id, anonymous_id, properties: { plan } },
        });
        expect([200, 409], answer.text).toContain(answer.status);
        if (answer.status === 409) return;
        identified.add(user_id);
        claims.set(anonymous_id, (claims.get(anonymous_id) ?? new Set()).add(user_id));
      }),
    );
  }
  return { events, identified, claims };
}

describe('ingestEvents and identifyUser at the same time, in two processes', () => {
  it('lose no event, give each to whoever claimed its anonymous id, and count people and the times they were seen right', async () => {
    const { admin } = servers[0];
    const property = fc.asyncProperty(waves, async (schedule) => {
      const app = await newApp(servers[0].url, key);
      const beganMs = Date.now();
      const { events, identified, claims } = await play(app.api_key, schedule);

      for (const [anonymous, claimers] of claims) expect([anonymous, claimers.size]).toEqual([anonymous, 1]);
      const ownerOf = ({ user_id, anonymous_id }: Event): string | null => {
        if (user_id !== undefined) return `user ${user_id}`;
        if (anonymous_id === undefined) return null;
        const [claimer] = claims.get(anonymous_id) ?? [];
        return claimer === undefined ? `anonymous ${anonymous_id}` : `user ${claimer}`;
      };

      const values = [app.id];
      const rows = (await admin.query<UserRow>({ text: 'SELECT * FROM app_users WHERE app_id = $1', values })).rows;
      const nameOf = new Map(rows.map((row) => [row.id, `${row.is_anonymous ? 'anonymous' : 'user'} ${row.user_id}`]));
      const stored = (
        await admin.query<{ id: string; app_user_id: string | null }>({ text: 'SELECT * FROM events WHERE app_id = $1', values })
      ).rows;
      const owners = stored.map((row) => [row.id, row.app_user_id === null ? null : nameOf.get(row.app_user_id)]);
      expect(new Map(owners as [string, string][])).toEqual(new Map(events.map((one) => [one.id, ownerOf(one)])));
      expect(stored).toHaveLength(events.length);

      const visible = rows.filter((row) => row.claimed_by === null);
      const expected = new Set([...events.map(ownerOf).filter((name) => name !== null), ...[...identified].map((id) => `user ${id}`)]);
      expect(new Set(visible.map(({ id }) => nameOf.get(id)))).toEqual(expected);
      expect(visible).toHaveLength(expected.size);

      for (const row of visible) {
        const times = events.filter((one) => ownerOf(one) === nameOf.get(row.id)).map(({ atMs }) => atMs);
        const [first, last] = [Date.parse(row.first_seen_at), Date.parse(row.last_seen_at)];
        // Somebody who was identified before anything else was known of them was seen then.
        const wasNamed = (ms: number) => !row.is_anonymous && ms >= beganMs && ms <= Date.now();
        expect(first === Math.min(...times) || (times.length === 0 && wasNamed(first)), `${nameOf.get(row.id)} first`).toBe(true);
        expect(last === Math.max(...times) || wasNamed(last), `${nameOf.get(row.id)} last`).toBe(true);
      }

      const refreshed = (await call(servers[0].url, `/v1/apps/${app.id}/stats/refresh`, { key, method: 'POST' })).body.app;
      expect([refreshed.cached_user_count, refreshed.cached_event_count]).toEqual([visible.length, events.length]);
    });
    await fc.assert(property, { numRuns: 12 });
  }, 120_000);
});
