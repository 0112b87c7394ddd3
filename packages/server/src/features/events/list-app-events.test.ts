import type { AppEvent } from '@appstead/contract';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { insertAppUser, insertEvent } from '../../testing/app-rows.ts';
import { call, expectProblem } from '../../testing/call.ts';
import { newApp } from '../../testing/new-app.ts';
import { type Harness, startServer } from '../../testing/server-harness.ts';

let server: Harness;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());

/** An app with ways to put events into it and to list them. */
async function anApp() {
  const { id: organizationId, organizationKey: key } = await server.newOrganization();
  const { id: appId } = await newApp(server.url, key);
  const owner = { organizationId, appId };
  const get = (query = '') => call(server.url, `/v1/apps/${appId}/events?${query}`, { key });
  const page = async (query: string) => {
    const answer = await get(query);
    expect(answer.status, answer.text).toBe(200);
    return { ids: answer.body.events.map(({ id }: AppEvent) => id) as string[], cursor: answer.body.meta.cursor as string | null };
  };
  return {
    ...{ organizationId, appId, key, owner, get },
    happen: (at: string, of: Omit<Parameters<typeof insertEvent>[2], 'at'> = {}) => insertEvent(server.admin, owner, { at, ...of }),
    ids: async (query = '') => (await page(query)).ids,
    async walk(query: string): Promise<string[]> {
      const seen: string[] = [];
      for (let cursor: string | null = ''; cursor !== null; ) {
        const next: Awaited<ReturnType<typeof page>> = await page(`${query}${cursor && `&cursor=${cursor}`}`);
        seen.push(...next.ids);
        cursor = next.cursor;
      }
      return seen;
    },
  };
}

describe('listAppEvents', () => {
  it('200 lists what happened last first, over the months, with everything that is kept of an event', async () => {
    const { appId, owner, happen, get } = await anApp();
    expect((await get()).body).toEqual({ success: true, events: [], meta: { has_more: false, cursor: null } });
    const ada = await insertAppUser(server.admin, owner, { user_id: 'ada' });
    const older = await happen('2026-10-31T23:59:59.999Z', { name: 'opened' });
    const newer = await happen('2026-11-01T00:00:00.000Z', {
      name: 'bought',
      app_user_id: ada,
      user_id: 'ada',
      properties: { sku: [1, null] },
    });
    const text = `UPDATE events SET revenue_amount = 1999, revenue_currency = 'GBP', country = 'GB', session_id = 's-1', received_at = $2 WHERE id = $1`;
    await server.admin.query({ text, values: [newer, '2026-11-01T00:00:02.000Z'] });
    expect((await get()).body.events).toEqual([
      {
        ...{ id: newer, app_id: appId, name: 'bought', timestamp: '2026-11-01T00:00:00.000Z', received_at: '2026-11-01T00:00:02.000Z' },
        ...{ app_user_id: ada, user_id: 'ada', anonymous_id: null, session_id: 's-1', platform: 'web', country: 'GB' },
        ...{ properties: { sku: [1, null] }, revenue: { amount: 1999, currency: 'GBP' } },
      },
      {
        ...{ id: older, app_id: appId, name: 'opened', timestamp: '2026-10-31T23:59:59.999Z', received_at: '2026-10-31T23:59:59.999Z' },
        ...{ app_user_id: null, user_id: null, anonymous_id: null, session_id: null, platform: 'web', country: null },
        ...{ properties: {}, revenue: null },
      },
    ]);
  });

  it('200 with filters lists what fits all of them; since belongs to the range and until does not', async () => {
    const { owner, happen, ids } = await anApp();
    const ada = await insertAppUser(server.admin, owner, { user_id: 'ada' });
    const first = await happen('2026-11-01T10:00:00.000Z', { name: 'opened' });
    const second = await happen('2026-11-01T11:00:00.000Z', { name: 'bought', app_user_id: ada });
    const third = await happen('2026-11-01T12:00:00.000Z', { name: 'opened', app_user_id: ada });
    expect(await ids('name=opened')).toEqual([third, first]);
    expect(await ids('name=open')).toEqual([]);
    expect(await ids(`app_user_id=${ada.toUpperCase()}`)).toEqual([third, second]);
    expect(await ids(`app_user_id=${uuidv7()}`)).toEqual([]);
    expect(await ids('since=2026-11-01T11:00:00Z')).toEqual([third, second]);
    expect(await ids('until=2026-11-01T11:00:00Z')).toEqual([first]);
    expect(await ids('since=2026-11-01T12:00:00%2B01:00&until=2026-11-01T12:00:00Z')).toEqual([second]);
    expect(await ids(`name=opened&app_user_id=${ada}&since=2026-11-01T00:00:00Z&until=2026-11-02T00:00:00Z`)).toEqual([third]);
  });

  it('pages of any size make up the whole list, each event once, also among events of the same instant and over the months', async () => {
    const { owner, happen, walk } = await anApp();
    const ada = await insertAppUser(server.admin, owner, { user_id: 'ada' });
    for (let n = 0; n < 13; n++) {
      await happen(`2026-${n % 2 ? '10-31T23:59:59.999' : '11-01T00:00:00.000'}Z`, {
        ...(n % 3 ? {} : { app_user_id: ada }),
        name: 'opened',
      });
    }
    for (const query of ['', `&app_user_id=${ada}`, '&name=opened', '&until=2026-11-01T00:00:00Z']) {
      const whole = await walk(`limit=200${query}`);
      expect(new Set(whole).size).toBe(whole.length);
      expect(whole.length).toBeGreaterThan(4);
      for (const limit of [1, 2, 5]) expect([query, limit, await walk(`limit=${limit}${query}`)]).toEqual([query, limit, whole]);
    }
  });

  it('400 for instants that are none, limits out of bounds and cursors of other filters', async () => {
    const { happen, get } = await anApp();
    for (let n = 0; n < 3; n++) await happen('2026-11-01T10:00:00.000Z');
    const { cursor } = (await get('limit=1')).body.meta;
    for (const query of [
      'since=2026-02-30T00:00:00Z',
      'until=0000-01-01T00:00:00Z',
      'since=yesterday',
      'limit=0',
      'limit=abc',
      'app_user_id=ada',
    ]) {
      expectProblem(await get(query), 400, 'invalid_request');
    }
    for (const query of ['name=opened', `app_user_id=${uuidv7()}`, 'since=2026-11-01T00:00:00Z', 'until=2026-11-01T00:00:00Z']) {
      expectProblem(await get(`limit=1&cursor=${cursor}&${query}`), 400, 'invalid_cursor');
    }
  });

  it('a stranger sees none of them, and a deleted app shows none', async () => {
    const { appId, key, happen, ids } = await anApp();
    await happen('2026-11-01T10:00:00.000Z');
    const stranger = await anApp();
    expectProblem(await call(server.url, `/v1/apps/${appId}/events`, { key: stranger.key }), 404, 'app_not_found');
    expect(await stranger.ids()).toEqual([]);
    expect(await ids()).toHaveLength(1);
    await call(server.url, `/v1/apps/${appId}`, { key, method: 'DELETE' });
    expectProblem(await call(server.url, `/v1/apps/${appId}/events`, { key }), 404, 'app_not_found');
  });
});
