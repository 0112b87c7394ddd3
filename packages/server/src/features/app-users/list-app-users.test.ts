import type { AppUser } from '@appstead/contract';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { insertAppUser } from '../../testing/app-rows.ts';
import { call, expectProblem } from '../../testing/call.ts';
import { newApp } from '../../testing/new-app.ts';
import { type Harness, startServer } from '../../testing/server-harness.ts';

let server: Harness;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());

/** An app with ways to put people into it and to list them. */
async function anApp() {
  const { id: organizationId, organizationKey: key } = await server.newOrganization();
  const { id: appId } = await newApp(server.url, key);
  const owner = { organizationId, appId };
  const get = (query = '') => call(server.url, `/v1/apps/${appId}/users?${query}`, { key });
  return {
    organizationId,
    appId,
    key,
    get,
    see: (user_id: string, of: Omit<Parameters<typeof insertAppUser>[2], 'user_id'> = {}) =>
      insertAppUser(server.admin, owner, { user_id, ...of }),
    async names(query = ''): Promise<string[]> {
      const answer = await get(query);
      expect(answer.status, answer.text).toBe(200);
      return answer.body.users.map(({ user_id }: AppUser) => user_id);
    },
    /** The ids of all pages, one after the other; `between` runs before each next page. */
    async walk(query: string, between: (seen: string[]) => Promise<void> = async () => {}): Promise<string[]> {
      const seen: string[] = [];
      for (let cursor: string | null = ''; cursor !== null; ) {
        const { body } = await get(`${query}${cursor && `&cursor=${cursor}`}`);
        seen.push(...body.users.map(({ id }: AppUser) => id));
        expect(body.meta.has_more).toBe(body.meta.cursor !== null);
        cursor = body.meta.cursor;
        if (cursor) await between(seen);
      }
      return seen;
    },
  };
}

const day = (number: number): string => `2026-11-${String(number).padStart(2, '0')}T10:30:00.000Z`;

describe('listAppUsers', () => {
  it('200 lists who was seen last first, with the anonymous ids claimed for them and not these by themselves', async () => {
    const { appId, see, get } = await anApp();
    expect((await get()).body).toEqual({ success: true, users: [], meta: { has_more: false, cursor: null } });
    const ada = await see('ada', { seen: [day(1), day(9)], properties: { plan: 'pro', seats: 5, trial: false } });
    const anonymous = await see('owl_anon_abc123', { is_anonymous: true, seen: [day(1), day(15)] });
    await see('anon-1', { is_anonymous: true, claimed_by: ada, seen: [day(1), day(20)] });
    await see('anon-2', { is_anonymous: true, claimed_by: ada, seen: [day(2), day(21)] });
    expect((await get()).body.users).toEqual([
      {
        ...{ id: anonymous, app_id: appId, user_id: 'owl_anon_abc123', is_anonymous: true, first_seen_at: day(1), last_seen_at: day(15) },
        ...{ claimed_from: null, properties: {} },
      },
      {
        ...{ id: ada, app_id: appId, user_id: 'ada', is_anonymous: false, first_seen_at: day(1), last_seen_at: day(9) },
        ...{ claimed_from: ['anon-2', 'anon-1'], properties: { plan: 'pro', seats: 5, trial: false } },
      },
    ]);
  });

  it('200 with search finds text in user ids, whatever its case, with no character special', async () => {
    const { see, names } = await anApp();
    for (const user of ['100%sure', 'snake_case', 'back\\slash', "o'reilly@example.com", 'ÄPFEL', 'plain']) await see(user);
    const found = (text: string) => names(`search=${encodeURIComponent(text)}`);
    expect(await found('%')).toEqual(['100%sure']);
    expect(await found('_')).toEqual(['snake_case']);
    expect(await found('\\')).toEqual(['back\\slash']);
    expect(await found("O'R")).toEqual(["o'reilly@example.com"]);
    expect(await found('äpf')).toEqual(['ÄPFEL']);
    expect(await found('snake%case')).toEqual([]);
    expect(await names('search=reilly@example')).toEqual(["o'reilly@example.com"]);
  });

  it('200 with is_anonymous lists anonymous people only, or identified people only', async () => {
    const { see, names, get } = await anApp();
    await see('ada', { seen: [day(1), day(2)] });
    await see('somebody', { is_anonymous: true, seen: [day(1), day(3)] });
    expect(await names('is_anonymous=true')).toEqual(['somebody']);
    expect(await names('is_anonymous=false')).toEqual(['ada']);
    expect(await names()).toEqual(['somebody', 'ada']);
    expect(await names('is_anonymous=false&search=some')).toEqual([]);
    for (const other of ['1', 'yes', 'TRUE', 'null', '']) {
      expectProblem(await get(`is_anonymous=${other}`), 400, 'invalid_request');
    }
  });

  it('pages of any size make up the whole list, each person once, also among people seen at the same instant', async () => {
    const { see, walk } = await anApp();
    for (let n = 0; n < 11; n++) await see(`user ${n}`, { is_anonymous: n % 2 === 0, seen: [day(1), day(2 + (n % 3))] });
    const whole = await walk('limit=200');
    expect(new Set(whole).size).toBe(11);
    for (const limit of [1, 2, 3, 10, 11]) expect([limit, await walk(`limit=${limit}`)]).toEqual([limit, whole]);
    const filtered = await walk('is_anonymous=true&limit=200');
    expect(await walk('is_anonymous=true&limit=2')).toEqual(filtered);
    expect(filtered).toHaveLength(6);
  });

  it('a walk shows everybody who was not seen meanwhile exactly once, while others are seen, come and go', async () => {
    const { appId, see, walk } = await anApp();
    const people: string[] = [];
    for (let n = 0; n < 12; n++) people.push(await see(`user ${n}`, { seen: [day(1), day(2 + Math.floor(n / 4))] }));
    const touched = new Set<string>();
    const seen = await walk('limit=3', async (sofar) => {
      await see(`new after ${sofar.length}`, { seen: [day(20), day(20)] });
      // The last of this page, which the cursor stands on, is seen again; somebody still to come is removed.
      const again = sofar.at(-1) as string;
      const text = 'UPDATE app_users SET last_seen_at = $3 WHERE app_id = $1 AND id = $2';
      await server.admin.query({ text, values: [appId, again, day(21)] });
      const gone = people.find((id) => !sofar.includes(id) && !touched.has(id)) as string;
      await server.admin.query({ text: 'DELETE FROM app_users WHERE app_id = $1 AND id = $2', values: [appId, gone] });
      touched.add(again).add(gone);
    });
    const quiet = people.filter((id) => !touched.has(id));
    expect(quiet.length).toBeGreaterThan(4);
    expect(seen.filter((id) => quiet.includes(id)).sort()).toEqual(quiet.sort());
  });

  it('400 for a limit that is no number from 1 to 200, and never another one instead', async () => {
    const { get } = await anApp();
    for (const limit of ['abc', '0', '201', '-1', '1.5', '', 'null']) expectProblem(await get(`limit=${limit}`), 400, 'invalid_request');
    for (const limit of ['1', '200']) expect((await get(`limit=${limit}`)).status).toBe(200);
  });

  it('400 invalid_cursor for a timestamp, nonsense, and the cursor of other filters or another app', async () => {
    const { see, get, appId, key } = await anApp();
    for (const user of ['ada', 'grace', 'ada too']) await see(user);
    const { cursor } = (await get('limit=1')).body.meta;
    const other = (await newApp(server.url, key)).id;
    for (const query of [`cursor=${cursor}&search=ada`, `cursor=${cursor}&is_anonymous=true`, 'cursor=2024-01-14', 'cursor=abc']) {
      expectProblem(await get(query), 400, 'invalid_cursor');
    }
    expectProblem(await call(server.url, `/v1/apps/${other}/users?cursor=${cursor}`, { key }), 400, 'invalid_cursor');
    expect((await call(server.url, `/v1/apps/${appId.toUpperCase()}/users?cursor=${cursor}`, { key })).status).toBe(200);
  });

  it('shows at most the 100 anonymous ids seen last of one person', async () => {
    const { organizationId, appId, see, get } = await anApp();
    const ada = await see('ada');
    await server.admin.query({
      text: `INSERT INTO app_users (organization_id, app_id, id, user_id, is_anonymous, first_seen_at, last_seen_at, claimed_by)
        SELECT $1, $2, gen_random_uuid(), 'anon ' || n, true, '2026-11-01', timestamptz '2026-11-01' + n * interval '1 minute', $3
        FROM generate_series(1, 101) AS n`,
      values: [organizationId, appId, ada],
    });
    const [{ claimed_from: claimed }] = (await get()).body.users;
    expect([claimed.length, claimed[0], claimed.at(-1)]).toEqual([100, 'anon 101', 'anon 2']);
  });

  it('404 app_not_found for an app that is not there or was deleted', async () => {
    const { appId, key } = await anApp();
    expectProblem(await call(server.url, `/v1/apps/${uuidv7()}/users`, { key }), 404, 'app_not_found');
    await call(server.url, `/v1/apps/${appId}`, { key, method: 'DELETE' });
    expectProblem(await call(server.url, `/v1/apps/${appId}/users`, { key }), 404, 'app_not_found');
  });
});
