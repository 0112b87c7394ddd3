import { type TestDatabase, testDatabase } from '@appstead/database/testing';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dateAt, endOfDate, startOfDate, startOfNext, unitStarts } from './calendar.ts';

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
const utc = (text: string) => Date.parse(text);
const iso = (instants: number[]) => instants.map((at) => new Date(at).toISOString());

/** Days on which something is odd, in the middle of four days to look at. */
const oddDays: [zone: string, date: string][] = [
  ['America/New_York', '2026-03-08'],
  ['America/New_York', '2026-11-01'],
  ['Australia/Lord_Howe', '2026-04-05'],
  ['Australia/Lord_Howe', '2026-10-04'],
  ['America/Santiago', '2026-04-05'],
  ['America/Santiago', '2026-09-06'],
  ['America/Havana', '2026-11-01'],
  ['Atlantic/Azores', '2026-10-25'],
  ['Africa/Cairo', '2026-04-24'],
  ['Asia/Kathmandu', '2026-11-21'],
  ['Pacific/Chatham', '2026-04-05'],
  ['Pacific/Chatham', '2026-09-27'],
  ['Africa/Casablanca', '2026-02-15'],
  ['UTC', '2026-11-21'],
];
const around = (date: string) => ({ from: utc(`${date}T00:00:00Z`) - 1.5 * dayMs, to: utc(`${date}T00:00:00Z`) + 2.5 * dayMs });

let db: TestDatabase;
beforeAll(async () => {
  db = await testDatabase();
});
afterAll(() => db.close());

/** The quarters of an hour at which the database sees another date in a zone than at the one before. */
async function datesOfDatabase(zone: string, from: number, to: number): Promise<number[]> {
  const { rows } = await db.admin.query<{ at: string }>({
    text: `SELECT at FROM (SELECT at, (at AT TIME ZONE $1)::date AS date, lag((at AT TIME ZONE $1)::date) OVER (ORDER BY at) AS earlier
        FROM generate_series($2::timestamptz, $3::timestamptz - interval '1 ms', interval '15 minutes') AS at) AS quarters
      WHERE date IS DISTINCT FROM earlier ORDER BY at`,
    values: [zone, new Date(from).toISOString(), new Date(to).toISOString()],
  });
  return rows.map(({ at }) => utc(at));
}

/** The minutes at which a clock in the zone shows another hour, or another distance from UTC, than a minute earlier. */
function hoursByTheMinute(zone: string, from: number, to: number): number[] {
  const clock = new Intl.DateTimeFormat('en-CA', {
    ...{ timeZone: zone, hourCycle: 'h23', year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit' },
  });
  const starts: number[] = [];
  let earlier = '';
  for (let at = from; at < to; at += minuteMs) {
    const [, date, hour, minute] = /^(\d{4}-\d\d-\d\d), (\d\d):(\d\d)$/.exec(clock.format(at)) ?? [];
    const hourAndOffset = `${date} ${hour} ${utc(`${date}T${hour}:${minute}:00Z`) - at}`;
    if (hourAndOffset !== earlier) starts.push(at);
    earlier = hourAndOffset;
  }
  return starts;
}

describe('the days of a zone', () => {
  it.each(oddDays)('%s begins its days around %s where PostgreSQL sees another date', async (zone, date) => {
    const { from, to } = around(date);
    expect(iso(unitStarts(zone, 'day', from, to))).toEqual(iso(await datesOfDatabase(zone, from, to)));
  });

  it('are those of date_trunc, wherever midnight comes once or not at all', async () => {
    for (const [zone, date] of oddDays.filter(([each]) => !['America/Havana', 'Atlantic/Azores'].includes(each))) {
      const { from, to } = around(date);
      const { rows } = await db.admin.query<{ day: string }>({
        text: `SELECT DISTINCT date_trunc('day', at, $1) AS day
          FROM generate_series($2::timestamptz, $3::timestamptz - interval '1 ms', interval '15 minutes') AS at ORDER BY day`,
        values: [zone, new Date(from).toISOString(), new Date(to).toISOString()],
      });
      expect([zone, iso(unitStarts(zone, 'day', from, to).slice(1))]).toEqual([zone, rows.slice(1).map(({ day }) => day)]);
    }
  });

  it('have 23, 24, 24.5 and 25 hours, begin at one where there is no midnight, and at the first of two midnights', () => {
    const hours = (zone: string, date: string) => (endOfDate(zone, date) - startOfDate(zone, date)) / (60 * minuteMs);
    expect(hours('America/New_York', '2026-03-08')).toBe(23);
    expect(hours('America/New_York', '2026-03-09')).toBe(24);
    expect(hours('America/New_York', '2026-11-01')).toBe(25);
    expect(hours('Australia/Lord_Howe', '2026-04-05')).toBe(24.5);
    expect(hours('Australia/Lord_Howe', '2026-10-04')).toBe(23.5);
    expect(iso([startOfDate('America/Santiago', '2026-09-06')])).toEqual(['2026-09-06T04:00:00.000Z']);
    expect(hours('America/Santiago', '2026-09-06')).toBe(23);
    expect(iso([startOfDate('America/Havana', '2026-11-01')])).toEqual(['2026-11-01T04:00:00.000Z']);
    expect(hours('America/Havana', '2026-11-01')).toBe(25);
  });

  it('leave out a date that a zone has left out', () => {
    expect(startOfDate('Pacific/Apia', '2011-12-30')).toBe(startOfDate('Pacific/Apia', '2011-12-31'));
    expect(endOfDate('Pacific/Apia', '2011-12-29')).toBe(startOfDate('Pacific/Apia', '2011-12-31'));
  });
});

describe('the hours of a zone', () => {
  it.each(oddDays)('%s begins its hours around %s where its clock shows another one, and where it is set', (zone, date) => {
    const { from, to } = around(date);
    expect(iso(unitStarts(zone, 'hour', from, to))).toEqual(iso(hoursByTheMinute(zone, from, to)));
  });

  it('are told apart when one comes twice', () => {
    const starts = unitStarts('America/New_York', 'hour', utc('2026-11-01T05:00:00Z'), utc('2026-11-01T08:00:00Z'));
    expect(iso(starts)).toEqual(['2026-11-01T05:00:00.000Z', '2026-11-01T06:00:00.000Z', '2026-11-01T07:00:00.000Z']);
  });
});

describe('any zone and any days', () => {
  const zones = [...Intl.supportedValuesOf('timeZone'), 'UTC'];
  const quarter = fc.integer({ min: utc('2026-01-01T00:00:00Z') / (15 * minuteMs), max: utc('2028-01-01T00:00:00Z') / (15 * minuteMs) });
  const stretch = fc.record({ zone: fc.constantFrom(...zones), from: quarter, days: fc.integer({ min: 1, max: 40 }) });

  it('agree with PostgreSQL on days, and with a clock read every minute on hours', async () => {
    // The two bring tables of their own, which may be of different years: only zones on which they agree tell something about the calendar.
    const settled = await zonesOfOneMind(zones);
    expect(settled.size).toBeGreaterThan(zones.length * 0.9);
    const property = fc.asyncProperty(stretch, async ({ zone, from, days }) => {
      fc.pre(settled.has(zone));
      const [start, end] = [from * 15 * minuteMs, (from + days * 96) * 15 * minuteMs];
      expect(iso(unitStarts(zone, 'day', start, end))).toEqual(iso(await datesOfDatabase(zone, start, end)));
      const soon = Math.min(end, start + 2 * dayMs);
      expect(iso(unitStarts(zone, 'hour', start, soon))).toEqual(iso(hoursByTheMinute(zone, start, soon)));
    });
    await fc.assert(property, { numRuns: 60 });
  });

  it('a date begins once, the next one follows it, and what comes next comes after', () => {
    fc.assert(
      fc.property(fc.constantFrom(...zones), quarter, (zone, at) => {
        const instant = at * 15 * minuteMs;
        const date = dateAt(zone, instant);
        expect(startOfDate(zone, date)).toBeLessThanOrEqual(instant);
        expect(endOfDate(zone, date)).toBe(startOfNext(zone, 'day', instant));
        expect(dateAt(zone, endOfDate(zone, date) - 1)).toBe(date);
        expect(startOfNext(zone, 'hour', instant)).toBeGreaterThan(instant);
      }),
    );
  });

  it('clocks are set on a quarter of an hour in every zone, which the counts rely on', () => {
    const weekMs = 7 * dayMs;
    for (const zone of zones) {
      const offsetAt = offsetsOf(zone);
      for (let at = utc('2024-01-01T00:00:00Z'); at < utc('2037-01-01T00:00:00Z'); at += weekMs) {
        if (offsetAt(at) % 15 !== 0) expect.fail(`${zone} is ${offsetAt(at)} minutes ahead at ${iso([at])}`);
        if (offsetAt(at) === offsetAt(at + weekMs)) continue;
        let [same, other] = [at / minuteMs, (at + weekMs) / minuteMs];
        while (other - same > 1) {
          const middle = Math.floor((same + other) / 2);
          if (offsetAt(middle * minuteMs) === offsetAt(at)) same = middle;
          else other = middle;
        }
        if (other % 15 !== 0) expect.fail(`${zone} sets its clocks at ${iso([other * minuteMs])}`);
      }
    }
  });
});

/** How many minutes a zone is ahead of UTC at an instant. */
function offsetsOf(zone: string): (at: number) => number {
  const clock = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' });
  return (at) => {
    const [, sign, hours, minutes] = /GMT(?:([+-])(\d\d):(\d\d))?/.exec(clock.format(at)) ?? [];
    return Number(`${sign ?? ''}1`) * (60 * Number(hours ?? 0) + Number(minutes ?? 0));
  };
}

/** Those of which the database and this process know the same offsets, asked every week. */
async function zonesOfOneMind(zones: string[]): Promise<Set<string>> {
  const { rows } = await db.admin.query<{ zone: string; offsets: number[] }>({
    text: `SELECT zone, array_agg((extract(epoch FROM (at AT TIME ZONE zone) - (at AT TIME ZONE 'UTC')) / 60)::integer ORDER BY at) AS offsets
      FROM unnest($1::text[]) AS zone
        CROSS JOIN generate_series(timestamptz '2026-01-01', timestamptz '2028-03-01', interval '7 days') AS at
      WHERE lower(zone) IN (SELECT lower(name) FROM pg_timezone_names) GROUP BY zone`,
    values: [zones],
  });
  const agreeing = rows.filter(({ zone, offsets }) => {
    const offsetAt = offsetsOf(zone);
    return offsets.every((offset, week) => offset === offsetAt(utc('2026-01-01T00:00:00Z') + week * 7 * dayMs));
  });
  return new Set(agreeing.map(({ zone }) => zone));
}
