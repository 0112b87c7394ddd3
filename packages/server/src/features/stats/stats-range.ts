import type { StatsGroup } from '@appstead/contract';
import { invalidAt } from '../../http/http-problems.ts';
import { isDate } from '../../http/instant.ts';
import { dateAt, endOfDate, quarterMs, shiftDate, startOfDate, startOfNext, type Unit, unitMs, unitStarts } from './calendar.ts';

/** How many days or hours an answer holds at most, and how many days a range without them spans. */
const bucketsMax = 1_000;
const daysByDefault = 30;
const hoursByDefault = 24;

/** A half-open range on quarters of an hour, in milliseconds since 1970. */
export type Range = { fromMs: number; toMs: number };

type Asked = { from?: string; to?: string; group: StatsGroup; zone: string };

/** The range that is asked for, or the latest days or hours. 400 at the parameter that is wrong, and for more than can be answered. */
export function rangeOf({ from, to, group, zone }: Asked, now: Date): Range {
  const unit = unitOf(group);
  const toMs = to === undefined ? startOfNext(zone, unit, floorToQuarter(now)) : edge('to', to, (date) => endOfDate(zone, date));
  const fromMs = from === undefined ? earlier(zone, unit, toMs) : edge('from', from, (date) => startOfDate(zone, date));
  if (fromMs >= toMs) throw invalidAt(from === undefined ? 'query.to' : 'query.from', 'the range must begin before it ends', 'range');
  // Told before the calendar is asked: it would go through all of them.
  if (toMs - fromMs > (bucketsMax + 1) * unitMs[unit]) throw tooMany(unit);
  return { fromMs, toMs };
}

/** Where the days or hours of a range begin. 400 when there are too many of them. */
export function startsOf({ fromMs, toMs }: Range, unit: Unit, zone: string): number[] {
  const starts = unitStarts(zone, unit, fromMs, toMs);
  if (starts.length > bucketsMax) throw tooMany(unit);
  return starts;
}

function unitOf(group: StatsGroup): Unit {
  return group === 'hour' ? 'hour' : 'day';
}

function earlier(zone: string, unit: Unit, toMs: number): number {
  if (unit === 'hour') return toMs - hoursByDefault * unitMs.hour;
  return startOfDate(zone, shiftDate(dateAt(zone, toMs - 1), 1 - daysByDefault));
}

function floorToQuarter(now: Date): number {
  return Math.floor(now.getTime() / quarterMs) * quarterMs;
}

/** An end of the range: a date by the calendar, an instant as it is. */
function edge(name: 'from' | 'to', text: string, ofDate: (date: string) => number): number {
  const at = Date.parse(text);
  const [date, year] = [text.slice(0, 'yyyy-mm-dd'.length), new Date(at).getUTCFullYear()];
  // Before, some zones did not keep to quarters of an hour.
  if (Number.isNaN(at) || year < 2024 || year > 2999 || !isDate(date)) {
    throw invalidAt(`query.${name}`, 'must be a date or an instant of the years 2024 to 2999', 'format');
  }
  if (text === date) return ofDate(date);
  if (at % quarterMs !== 0) throw invalidAt(`query.${name}`, 'must be on a quarter of an hour, such as 09:15:00', 'quarter');
  return at;
}

function tooMany(unit: Unit) {
  return invalidAt('query.from', `the range is too long: it may have at most ${bucketsMax} ${unit}s`, 'range');
}
