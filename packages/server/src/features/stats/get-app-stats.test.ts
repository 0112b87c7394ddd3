import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { insertCounts } from '../../testing/app-rows.ts';
import { call, expectProblem } from '../../testing/call.ts';
import { newApp } from '../../testing/new-app.ts';
import { type Harness, startServer } from '../../testing/server-harness.ts';

let server: Harness;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());

type Bucket = { start: string; end: string; key: string | null; value: number };

/** An app with ways to have things counted and to ask for the counts. */
async function anApp(fields: object = {}) {
  const { id: organizationId, organizationKey: key } = await server.newOrganization();
  const { id: appId } = await newApp(server.url, key, fields);
  const get = (query = '') => call(server.url, `/v1/apps/${appId}/stats?${query}`, { key });
  return {
    ...{ organizationId, appId, key, get },
    count: (rows: Parameters<typeof insertCounts>[2]) => insertCounts(server.admin, { organizationId, appId }, rows),
    async stats(query = ''): Promise<Record<string, unknown> & { buckets: Bucket[]; total: number; other: number }> {
      const answer = await get(query);
      expect(answer.status, answer.text).toBe(200);
      return answer.body.stats;
    },
  };
}

const at = (time: string) => `2026-11-${time}:00.000Z`;

describe('getAppStats by day and hour', () => {
  it('200 sums what the shards, names, platforms and countries have, in every bucket of the range, empty ones too', async () => {
    const { count, stats } = await anApp();
    await count([
      { quarter: at('20T23:45'), events: 1 },
      { quarter: at('21T00:00'), events: 2 },
      { quarter: at('21T00:00'), events: 3, shard: 7 },
      { quarter: at('21T12:00'), events: 4, name: 'bought', platform: 'apple', country: 'GB' },
      { quarter: at('23T00:00'), events: 100 },
    ]);
    expect(await stats('from=2026-11-20&to=2026-11-22')).toEqual({
      ...{ metric: 'events', group_by: 'day', timezone: 'UTC', from: at('20T00:00'), to: at('23T00:00'), total: 10, other: 0 },
      buckets: [
        { start: at('20T00:00'), end: at('21T00:00'), value: 1 },
        { start: at('21T00:00'), end: at('22T00:00'), value: 9 },
        { start: at('22T00:00'), end: at('23T00:00'), value: 0 },
      ],
    });
    const hours = await stats('group_by=hour&from=2026-11-21&to=2026-11-21&metric=events');
    expect(hours.buckets.map(({ value }) => value)).toEqual([5, ...Array(11).fill(0), 4, ...Array(11).fill(0)]);
  });

  it('200 takes the range half-open, cuts the first and last bucket at it, and adds up over neighbouring ranges', async () => {
    const { count, stats } = await anApp();
    await count(['21T09:45', '21T10:00', '21T10:15', '21T10:30'].map((time) => ({ quarter: at(time), events: 1 })));
    const { buckets, total } = await stats('from=2026-11-21T10:00:00Z&to=2026-11-21T10:30:00Z');
    expect([total, buckets]).toEqual([2, [{ start: at('21T10:00'), end: at('21T10:30'), value: 2 }]]);
    const totals = await Promise.all(
      ['from=2026-11-21&to=2026-11-21T10:15:00Z', 'from=2026-11-21T10:15:00Z&to=2026-11-21'].map(
        async (query) => (await stats(query)).total,
      ),
    );
    expect(totals).toEqual([2, 2]);
    // An offset is as good as UTC.
    expect((await stats('from=2026-11-21T11:00:00%2B01:00&to=2026-11-21T16:00:00%2B05:30')).total).toBe(2);
  });

  it('200 takes days from the zone that is asked for, or from the app, in its canonical case', async () => {
    const { count, stats } = await anApp({ timezone: 'asia/kathmandu' });
    await count([
      { quarter: at('20T18:00'), events: 1 },
      { quarter: at('20T18:15'), events: 10 },
      { quarter: at('20T18:30'), events: 100 },
    ]);
    const kathmandu = await stats('from=2026-11-21&to=2026-11-21');
    expect(kathmandu).toMatchObject({ timezone: 'Asia/Kathmandu', from: at('20T18:15'), to: at('21T18:15'), total: 110 });
    const kolkata = await stats('from=2026-11-21&to=2026-11-21&timezone=asia/kolkata');
    expect(kolkata).toMatchObject({ timezone: 'Asia/Kolkata', from: at('20T18:30'), total: 100 });
    expect((await stats('from=2026-11-20&to=2026-11-20&timezone=UTC')).total).toBe(111);
  });

  it('200 with one end of the range answers 30 days, or 24 hours, from it or up to it', async () => {
    const { stats } = await anApp();
    const range = async (query: string) => Object.values(await stats(query)).slice(3, 5);
    expect(await range('from=2026-11-01')).toEqual(['2026-11-01T00:00:00.000Z', '2026-12-01T00:00:00.000Z']);
    expect(await range('to=2026-11-30')).toEqual(['2026-11-01T00:00:00.000Z', '2026-12-01T00:00:00.000Z']);
    expect(await range('from=2026-11-01T06:15:00Z&group_by=name')).toEqual(['2026-11-01T06:15:00.000Z', '2026-12-01T00:00:00.000Z']);
    expect(await range('group_by=hour&from=2026-11-01T06:15:00Z')).toEqual([at('01T06:15'), at('02T06:15')]);
    expect(await range('group_by=hour&to=2026-11-01')).toEqual([at('01T00:00'), at('02T00:00')]);
  });

  it('200 without a range answers 30 days with the present one, or 24 hours with the present one', async () => {
    const { stats } = await anApp({ timezone: 'America/New_York' });
    const days = await stats();
    expect(days.buckets).toHaveLength(30);
    const hours = await stats('group_by=hour');
    expect(hours.buckets).toHaveLength(24);
    for (const { buckets } of [days, hours]) {
      const last = buckets.at(-1) as Bucket;
      expect(Date.parse(last.start)).toBeLessThanOrEqual(server.now().getTime());
      expect(Date.parse(last.end)).toBeGreaterThan(server.now().getTime());
    }
  });

  it('400 for a range that is empty, too long, off the quarters of an hour, or made of what is no date', async () => {
    const { get, stats } = await anApp();
    const refused = async (query: string, location: string) => {
      const answer = await get(query);
      expectProblem(answer, 400, 'invalid_request');
      expect([query, answer.body.errors[0].location]).toEqual([query, location]);
      return answer.body.detail;
    };
    await refused('from=2026-11-22&to=2026-11-21', 'query.from');
    await refused('from=2026-11-21T10:00:00Z&to=2026-11-21T10:00:00Z', 'query.from');
    await refused('from=2026-11-21T10:07:00Z', 'query.from');
    const detail = await refused('to=2026-11-21T10:00:00.001Z', 'query.to');
    expect(detail).toBe('query.to must be a date, or an instant on a quarter of an hour, of the years 2024 to 2999');
    for (const wrong of ['2026-02-30', '2026-02-30T00:00:00Z', '2026-13-01', '2023-12-31', '3000-01-01', '2026-11-21T25:00:00Z']) {
      await refused(`from=${wrong}`, 'query.from');
    }
    for (const wrong of ['yesterday', '2026-11-21T10:00:00', '1763719200', '2026-11']) await refused(`to=${wrong}`, 'query.to');
    await refused('timezone=Mars/Phobos', 'query.timezone');
    await refused('group_by=week', 'query.group_by');
    await refused('metric=users', 'query.metric');
    expect(await refused('from=2024-01-01&to=2026-09-27', 'query.from')).toBe('the range is too long: it may have at most 1000 days');
    expect((await stats('from=2024-01-01&to=2026-09-26')).buckets).toHaveLength(1000);
    await refused('group_by=hour&from=2026-01-01&to=2026-02-11T16:15:00Z', 'query.from');
    expect((await stats('group_by=hour&from=2026-01-01&to=2026-02-11T16:00:00Z')).buckets).toHaveLength(1000);
    await refused('group_by=name&from=2024-01-01&to=2027-01-01', 'query.from');
  });
});

describe('getAppStats by name, platform and country', () => {
  it('200 lists the largest first, at most limit of them, and says what the others add up to', async () => {
    const { count, stats } = await anApp();
    const names = { opened: 5, bought: 7, closed: 5, shared: 1, rated: 2 };
    await count(Object.entries(names).map(([name, events]) => ({ quarter: at('21T00:00'), name, events })));
    await count([{ quarter: at('22T00:00'), name: 'opened', events: 100 }]);
    const range = 'group_by=name&from=2026-11-21&to=2026-11-21';
    expect(await stats(`${range}&limit=3`)).toMatchObject({
      ...{ total: 20, other: 3 },
      buckets: [
        { key: 'bought', value: 7 },
        { key: 'closed', value: 5 },
        { key: 'opened', value: 5 },
      ],
    });
    expect(await stats(range)).toMatchObject({ total: 20, other: 0 });
    expect(await stats('group_by=name&from=2026-11-19&to=2026-11-20')).toMatchObject({ total: 0, other: 0, buckets: [] });
  });

  it('200 lists platforms, and countries with null for those that were not given', async () => {
    const { count, stats } = await anApp();
    await count([
      { quarter: at('21T00:00'), platform: 'apple', country: 'GB', events: 3 },
      { quarter: at('21T00:15'), platform: 'web', country: '', events: 4 },
      { quarter: at('21T00:15'), platform: 'apple', country: 'NP', events: 2 },
    ]);
    const by = async (group: string) => (await stats(`group_by=${group}&from=2026-11-21&to=2026-11-21`)).buckets;
    expect(await by('platform')).toEqual([
      { key: 'apple', value: 5 },
      { key: 'web', value: 4 },
    ]);
    expect(await by('country')).toEqual([
      { key: null, value: 4 },
      { key: 'GB', value: 3 },
      { key: 'NP', value: 2 },
    ]);
  });
});

describe('getAppStats', () => {
  it('shows a stranger nothing, and counts nothing of theirs', async () => {
    const { appId, count, stats } = await anApp();
    const stranger = await anApp();
    await count([{ quarter: at('21T00:00'), events: 1 }]);
    await stranger.count([{ quarter: at('21T00:00'), events: 1000 }]);
    expect((await stats('from=2026-11-21&to=2026-11-21')).total).toBe(1);
    expectProblem(await call(server.url, `/v1/apps/${appId}/stats`, { key: stranger.key }), 404, 'app_not_found');
  });

  it('is for analysts: members and API keys with analytics:read', async () => {
    const { organizationId, appId } = await anApp();
    const by = (key: string) => call(server.url, `/v1/apps/${appId}/stats`, { key });
    expect((await by(await server.newApiKey(organizationId, { preset: 'analytics' }))).status).toBe(200);
    expect((await by((await server.newUser(organizationId, 'member')).session)).status).toBe(200);
    expectProblem(await by(await server.newApiKey(organizationId, { scopes: ['apps:write'] })), 403, 'insufficient_scope');
    expectProblem(await by((await server.newUser(organizationId, 'developer')).session), 403, 'insufficient_role');
  });
});
