import type { AppUser } from '@appstead/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { insertAppUser, insertManyEvents } from '../../testing/app-rows.ts';
import { call, expectProblem } from '../../testing/call.ts';
import { newApp } from '../../testing/new-app.ts';
import { sendEvents } from '../../testing/send-events.ts';
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

/** An app with ways to send as it does, and to see what became of it. */
async function anApp(fields: object = {}) {
  const app = await newApp(server.url, key, fields);
  const nowMs = server.now().getTime();
  const hour = (ago: number) => new Date(nowMs - ago * 3_600_000).toISOString();
  const get = async (path: string) => (await call(server.url, `/v1/apps/${app.id}${path}`, { key })).body;
  return {
    ...{ ...app, hour },
    identify: (body: object, headers: Record<string, string> = {}) =>
      call(server.url, '/v1/identify', { body, headers: { 'X-API-Key': app.api_key, ...headers } }),
    async happen(ago: number, ids: object) {
      const answer = await sendEvents(server.url, app.api_secret, [{ name: 'seen', timestamp: hour(ago), ...ids }]);
      expect(answer.body).toMatchObject({ accepted: 1 });
    },
    people: async (): Promise<AppUser[]> => (await get('/users')).users,
    events: async (): Promise<{ timestamp: string; app_user_id: string }[]> => (await get('/events')).events,
    async userCount(): Promise<number> {
      return (await call(server.url, `/v1/apps/${app.id}/stats/refresh`, { key, method: 'POST' })).body.app.cached_user_count;
    },
  };
}

const done = (user_id: string, claimed: boolean) => ({ success: true, user: { user_id, claimed } });

describe('identifyUser', () => {
  it('200 claims an anonymous id: its events become those of the person, and the earlier first and the later last time seen are kept', async () => {
    const { happen, identify, people, events, hour, userCount } = await anApp();
    await happen(5, { anonymous_id: 'device' });
    await happen(2, { anonymous_id: 'device' });
    await happen(3, { user_id: 'ada' });
    expect(await userCount()).toBe(2);
    const answer = await identify({ user_id: 'ada', anonymous_id: 'device' });
    expect([answer.status, answer.body]).toEqual([200, done('ada', true)]);
    const [ada, ...others] = await people();
    expect(others).toEqual([]);
    expect(ada).toMatchObject({ user_id: 'ada', claimed_from: ['device'], first_seen_at: hour(5), last_seen_at: hour(2) });
    expect((await events()).map(({ app_user_id }) => app_user_id)).toEqual([ada?.id, ada?.id, ada?.id]);
    expect(await userCount()).toBe(1);
  });

  it('200 claims an anonymous id with more events than one statement takes', async () => {
    const { id: appId, identify } = await anApp();
    const owner = { organizationId, appId };
    const anonymous = await insertAppUser(server.admin, owner, { user_id: 'busy', is_anonymous: true });
    const count = 2 * statementRows + 1;
    await insertManyEvents(server.admin, owner, { app_user_id: anonymous, anonymous_id: 'busy', count });
    expect((await identify({ user_id: 'ada', anonymous_id: 'busy' })).body).toEqual(done('ada', true));
    const text = `SELECT people.user_id, count(*) AS events FROM events JOIN app_users AS people ON people.id = events.app_user_id
      WHERE events.app_id = $1 GROUP BY people.user_id`;
    expect((await server.admin.query({ text, values: [appId] })).rows).toEqual([{ user_id: 'ada', events: count }]);
  });

  it('200 with only the anonymous id known makes the person, seen when the anonymous id was', async () => {
    const { happen, identify, people, hour, userCount } = await anApp();
    await happen(5, { anonymous_id: 'device' });
    await happen(4, { anonymous_id: 'device' });
    expect((await identify({ user_id: 'ada', anonymous_id: 'device' })).body).toEqual(done('ada', true));
    expect(await people()).toMatchObject([{ user_id: 'ada', claimed_from: ['device'], first_seen_at: hour(5), last_seen_at: hour(4) }]);
    expect(await userCount()).toBe(1);
  });

  it('200 with only the person known, or neither, keeps the claim for events to come', async () => {
    const { happen, identify, people, userCount } = await anApp();
    await happen(3, { user_id: 'ada' });
    await identify({ user_id: 'ada', anonymous_id: 'device-1' });
    await identify({ user_id: 'grace', anonymous_id: 'device-2' });
    await happen(1, { anonymous_id: 'device-1' });
    await happen(2, { anonymous_id: 'device-2' });
    const byName = Object.fromEntries((await people()).map((person) => [person.user_id, person]));
    expect(Object.keys(byName).sort()).toEqual(['ada', 'grace']);
    expect([byName.ada?.claimed_from, byName.grace?.claimed_from]).toEqual([['device-1'], ['device-2']]);
    expect(await userCount()).toBe(2);
  });

  it('events that come late follow the claim, however long ago they happened', async () => {
    const { happen, identify, people, events, hour } = await anApp();
    await happen(2, { anonymous_id: 'device' });
    await identify({ user_id: 'ada', anonymous_id: 'device' });
    await happen(9, { anonymous_id: 'device' });
    await happen(1, { anonymous_id: 'device' });
    const [ada, ...others] = await people();
    expect(others).toEqual([]);
    expect(ada).toMatchObject({ user_id: 'ada', first_seen_at: hour(9), last_seen_at: hour(1) });
    for (const event of await events()) expect(event.app_user_id).toBe(ada?.id);
  });

  it('200 without an anonymous id makes the person and claims nothing', async () => {
    const { identify, people, userCount } = await anApp();
    const before = server.now().getTime();
    expect((await identify({ user_id: 'ada' })).body).toEqual(done('ada', false));
    const [ada] = await people();
    expect(ada).toMatchObject({ user_id: 'ada', is_anonymous: false, claimed_from: null, properties: {} });
    expect(ada?.first_seen_at).toBe(ada?.last_seen_at);
    expect(Date.parse(ada?.first_seen_at ?? '')).toBeGreaterThanOrEqual(before - 1);
    expect(await userCount()).toBe(1);
  });

  it('200 for the same call again, ten times at once too, with everything as after the first', async () => {
    const { happen, identify, people, userCount } = await anApp();
    await happen(4, { anonymous_id: 'device' });
    const call = () => identify({ user_id: 'ada', anonymous_id: 'device', properties: { plan: 'pro' } });
    const answers = await Promise.all(Array.from({ length: 10 }, call));
    for (const { body } of answers) expect(body).toEqual(done('ada', true));
    const before = await people();
    expect(before).toHaveLength(1);
    expect((await call()).body).toEqual(done('ada', true));
    expect(await people()).toEqual(before);
    expect(await userCount()).toBe(1);
  });

  it('409 anonymous_id_claimed when another person has it, of two who claim it at once too, and nothing has changed', async () => {
    const { happen, identify, people, userCount } = await anApp();
    await happen(4, { anonymous_id: 'device' });
    await identify({ user_id: 'ada', anonymous_id: 'device' });
    const before = await people();
    const refused = await identify({ user_id: 'grace', anonymous_id: 'device', properties: { plan: 'pro' } });
    expectProblem(refused, 409, 'anonymous_id_claimed');
    expect(refused.body.errors).toMatchObject([{ location: 'body.anonymous_id' }]);
    expect(refused.text).not.toContain('ada');
    expect(await people()).toEqual(before);
    expect(await userCount()).toBe(1);
    const both = await Promise.all(['alan', 'edsger'].map((user_id) => identify({ user_id, anonymous_id: 'other device' })));
    expect(both.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect(await userCount()).toBe(2);
  });

  it('the same text as a user_id and as an anonymous_id is two people, until one claims the other', async () => {
    const { happen, identify, people } = await anApp();
    await happen(2, { anonymous_id: 'ada' });
    await happen(1, { user_id: 'ada' });
    expect(await people()).toHaveLength(2);
    await identify({ user_id: 'ada', anonymous_id: 'ada' });
    expect(await people()).toMatchObject([{ user_id: 'ada', is_anonymous: false, claimed_from: ['ada'] }]);
  });

  it('403 by the rules of ingestion: inactive app, page of another domain, other bundle id; and for every other credential', async () => {
    const phone = await anApp({ platform: 'apple', bundle_id: 'com.example.app', authorized_domains: ['app.example.com'] });
    expectProblem(await phone.identify({ user_id: 'ada' }), 403, 'bundle_id_mismatch');
    const origin = { Origin: 'https://evil.example' };
    expectProblem(await phone.identify({ user_id: 'ada', bundle_id: 'com.example.app' }, origin), 403, 'origin_not_authorized');
    expect((await phone.identify({ user_id: 'ada', bundle_id: 'com.Example.app' })).status).toBe(200);
    await call(server.url, `/v1/apps/${phone.id}`, { key, method: 'PATCH', body: { status: 'inactive' } });
    expectProblem(await phone.identify({ user_id: 'ada', bundle_id: 'com.example.app' }), 403, 'app_inactive');
    for (const other of [key, await server.newApiKey(organizationId, { preset: 'full' })]) {
      expectProblem(await call(server.url, '/v1/identify', { key: other, body: { user_id: 'ada' } }), 403, 'not_allowed');
    }
  });

  it('400 for a placeholder, a blank and an unknown field, and nobody is made', async () => {
    const { identify, people } = await anApp();
    for (const id of ['null', 'undefined', '(null)', 'NaN', '00000000-0000-0000-0000-000000000000', ' ', '', 'x'.repeat(201)]) {
      expectProblem(await identify({ user_id: id }), 400, 'invalid_request');
      expectProblem(await identify({ user_id: 'ada', anonymous_id: id }), 400, 'invalid_request');
    }
    expectProblem(await identify({ user_id: 'ada', email: 'ada@example.com' }), 400, 'invalid_request');
    expect(await people()).toEqual([]);
  });
});
