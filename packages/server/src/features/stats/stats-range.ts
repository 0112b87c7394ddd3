import type { StatsGroup } from '@appstead/contract';
import { invalidAt } from '../../http/http-problems.ts';
import { dateAt, endOfDate, quarterMs, shiftDate, startOfDate, startOfNext, type Unit, unitMs, unitStarts } from './calendar.ts';

/** How many days or hours an answer holds at most, and how many days a range without them spans. */
const bucketsMax = 1_000;
const daysByDefault = 30;
const hoursByDefault = 24;

/** A half-open range on quarters of an hour, in milliseconds since 1970. */
export type Range = { fromMs: number; toMs: number };

type Asked = { from?: string; to?: string; group: StatsGroup; zone: string };

/**
 * The range that is asked for. Where one end is missing it has 30 days, or 24 hours by hour; where both are, it ends with the present one. 400 for
 * one that is empty, or too long to be answered.
 */
export function rangeOf({ from, to, group, zone }: Asked, now: Date): Range {
  const unit = unitOf(group);
  const given = {
    fromMs: from === undefined ? undefined : edge(from, (date) => startOfDate(zone, date)),
    toMs: to === undefined ? undefined : edge(to, (date) => endOfDate(zone, date)),
  };
  const toMs = given.toMs ?? (given.fromMs === undefined ? startOfNext(zone, unit, floorToQuarter(now)) : later(zone, unit, given.fromMs));
  const fromMs = given.fromMs ?? earlier(zone, unit, toMs);
  if (fromMs >= toMs) throw invalidAt('query.from', 'the range must begin before it ends', 'range');
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

function later(zone: string, unit: Unit, fromMs: number): number {
  if (unit === 'hour') return fromMs + hoursByDefault * unitMs.hour;
  return endOfDate(zone, shiftDate(dateAt(zone, fromMs), daysByDefault - 1));
}

function floorToQuarter(now: Date): number {
  return Math.floor(now.getTime() / quarterMs) * quarterMs;
}

/** An end of the range, whose form the contract has checked: a date by the calendar, an instant as it is. */
function edge(text: string, ofDate: (date: string) => number): number {
  return text.includes(':') ? Date.parse(text.toUpperCase()) : ofDate(text);
}

function tooMany(unit: Unit) {
  return invalidAt('query.from', `the range is too long: it may have at most ${bucketsMax} ${unit}s`, 'range');
}
