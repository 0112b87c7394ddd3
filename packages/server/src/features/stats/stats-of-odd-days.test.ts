import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { call } from '../../testing/call.ts';
import { newApp } from '../../testing/new-app.ts';
import { sendEvents } from '../../testing/send-events.ts';
import { type Harness, startServer } from '../../testing/server-harness.ts';

const quarterMs = 15 * 60_000;
const dayMs = 96 * quarterMs;

/** Days on which clocks are set, or that begin beside the hour, with how many quarters of an hour they have. */
const oddDays: [zone: string, date: string, quarters: number][] = [
  ['America/New_York', '2026-03-08', 92],
  ['America/New_York', '2026-11-01', 100],
  ['Australia/Lord_Howe', '2026-04-05', 98],
  ['Australia/Lord_Howe', '2026-10-04', 94],
  ['America/Santiago', '2026-04-05', 96],
  ['America/Santiago', '2026-04-04', 100],
  ['America/Santiago', '2026-09-06', 92],
  ['Asia/Kathmandu', '2026-11-21', 96],
  ['Pacific/Chatham', '2026-09-27', 92],
  ['UTC', '2026-11-21', 96],
];

let server: Harness;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());

const addDays = (date: string, days: number) => new Date(Date.parse(date) + days * dayMs).toISOString().slice(0, 10);

/** What a clock in the zone shows: the date, and the hour with how far it is from UTC. */
function clockOf(zone: string) {
  const format = new Intl.DateTimeFormat('en-CA', {
    ...{ timeZone: zone, hourCycle: 'h23', year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit' },
  });
  return (atMs: number) => {
    const [, date = '', hour, minute] = /^(\d{4}-\d\d-\d\d), (\d\d):(\d\d)$/.exec(format.format(atMs)) ?? [];
    return { date, hour: `${date} ${hour} ${Date.parse(`${date}T${hour}:${minute}:00Z`) - atMs}` };
  };
}

describe.each(oddDays)('the statistics of %s around %s', (zone, date, quarters) => {
  it('have in each day and hour as many events as were sent in it, one every quarter of an hour', async () => {
    const sentMs = Array.from({ length: 5 * 96 }, (_, n) => Date.parse(date) - 2 * dayMs + n * quarterMs);
    server.state.offsetMs = (sentMs.at(-1) as number) + dayMs - Date.now();
    const { organizationKey: key } = await server.newOrganization();
    const app = await newApp(server.url, key, { timezone: zone });
    // Within its quarter an event may be anywhere, its last millisecond too.
    const events = sentMs.map((atMs, n) => ({
      name: 'ticked',
      timestamp: new Date(atMs + (n % 4) * (quarterMs / 3) - (n % 4 ? 1 : 0)).toISOString(),
    }));
    expect((await sendEvents(server.url, app.api_key, events)).body).toMatchObject({ accepted: events.length, rejected: [] });

    const clock = clockOf(zone);
    const dates = [addDays(date, -1), date, addDays(date, 1)];
    for (const group of ['day', 'hour'] as const) {
      const query = `group_by=${group}&from=${dates[0]}&to=${dates[2]}`;
      const { stats } = (await call(server.url, `/v1/apps/${app.id}/stats?${query}`, { key })).body;
      const expected: { shown: string; value: number }[] = [];
      for (const atMs of sentMs) {
        const shown = clock(atMs)[group === 'day' ? 'date' : 'hour'];
        if (!dates.includes(clock(atMs).date)) continue;
        const last = expected.at(-1);
        if (last?.shown === shown) last.value += 1;
        else expected.push({ shown, value: 1 });
      }
      expect(stats.timezone).toBe(zone);
      type Bucket = { start: string; value: number };
      const found = stats.buckets.map(({ start, value }: Bucket) => ({
        shown: clock(Date.parse(start))[group === 'day' ? 'date' : 'hour'],
        value,
      }));
      expect(found).toEqual(expected);
      if (group === 'day') expect(stats.buckets[1].value).toBe(quarters);
      expect(stats.total).toBe(expected.reduce((total, { value }) => total + value, 0));
    }
  });
});
