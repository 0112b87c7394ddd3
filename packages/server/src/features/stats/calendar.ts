/**
 * When the days and hours of a time zone begin: the one calendar of the statistics. Pure; every instant is in milliseconds since 1970, every
 * zone is one that Intl knows. Exact from 2024 on, because since then every zone is ahead of UTC by quarters of an hour, and sets its clocks at one.
 */

export type Unit = 'day' | 'hour';

export const quarterMs = 15 * 60_000;
const hourMs = 4 * quarterMs;
const dayMs = 24 * hourMs;
export const unitMs: Record<Unit, number> = { hour: hourMs, day: dayMs };

/**
 * Where the units of a zone begin between two instants, `fromMs` first, whether a unit begins there or not. A day begins at the first instant of
 * its date, be that midnight or later, and only once. An hour begins when the clock shows another one, and also when the clock is set: of an hour
 * that comes twice, both are told apart.
 */
export function unitStarts(zone: string, unit: Unit, fromMs: number, toMs: number): number[] {
  const starts = [fromMs];
  let latest = Number.NEGATIVE_INFINITY;
  for (const { startMs, endMs, offsetMs } of piecesOf(zone, fromMs, toMs)) {
    const aligned = Math.ceil((startMs + offsetMs) / unitMs[unit]) * unitMs[unit] - offsetMs;
    for (let at = startMs; at < endMs; at = at < aligned ? aligned : at + unitMs[unit]) {
      const number = Math.floor((at + offsetMs) / unitMs[unit]);
      if (at > fromMs && (unit === 'hour' || number > latest)) starts.push(at);
      latest = Math.max(latest, number);
    }
  }
  return starts;
}

/** The first instant of a date (`2026-11-21`) or, where the zone has left it out, of the one after it. */
export function startOfDate(zone: string, date: string): number {
  const midnight = Date.parse(`${date}T00:00:00.000Z`);
  // No offset is larger than a day, so the date cannot have begun two days before.
  const starts = unitStarts(zone, 'day', midnight - 2 * dayMs, midnight + 2 * dayMs);
  const start = starts.find((at) => dateAt(zone, at) >= date);
  if (start === undefined) throw new RangeError(`${date} does not begin in ${zone}`);
  return start;
}

/** The first instant after a date is over: the first of the day that follows. */
export function endOfDate(zone: string, date: string): number {
  return startOfDate(zone, shiftDate(date, 1));
}

/** The first instant of the day or hour that comes after the one an instant is in. */
export function startOfNext(zone: string, unit: Unit, atMs: number): number {
  // Two units and a half, because a day may have 25 hours.
  return unitStarts(zone, unit, atMs, atMs + 2.5 * unitMs[unit])[1] as number;
}

/** The date that the clocks of a zone show at an instant, as `2026-11-21`. */
export function dateAt(zone: string, atMs: number): string {
  return new Date(atMs + offsetAt(zone, atMs)).toISOString().slice(0, 10);
}

/** The date that is so many days after another; before it, if they are negative. */
export function shiftDate(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00.000Z`) + days * dayMs).toISOString().slice(0, 10);
}

type Piece = { startMs: number; endMs: number; offsetMs: number };

/** The time between two instants in pieces of one offset each. */
function piecesOf(zone: string, fromMs: number, toMs: number): Piece[] {
  const pieces: Piece[] = [];
  let piece: Piece = { startMs: fromMs, endMs: toMs, offsetMs: offsetAt(zone, fromMs) };
  for (let before = fromMs; before < toMs; before += dayMs) {
    const after = Math.min(before + dayMs, toMs);
    if (offsetAt(zone, after) === piece.offsetMs) continue;
    const change = firstChange(zone, before, after);
    pieces.push({ ...piece, endMs: change });
    piece = { startMs: change, endMs: toMs, offsetMs: offsetAt(zone, change) };
  }
  return piece.startMs < toMs ? [...pieces, piece] : pieces;
}

/** The quarter of an hour at which the offset is no longer what it is at `sameMs`; at `otherMs` it is another. */
function firstChange(zone: string, sameMs: number, otherMs: number): number {
  const offset = offsetAt(zone, sameMs);
  let [same, other] = [Math.floor(sameMs / quarterMs), Math.ceil(otherMs / quarterMs)];
  while (other - same > 1) {
    const middle = Math.floor((same + other) / 2);
    if (offsetAt(zone, middle * quarterMs) === offset) same = middle;
    else other = middle;
  }
  return other * quarterMs;
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** How far the clocks of a zone are ahead of UTC at an instant. */
function offsetAt(zone: string, atMs: number): number {
  let format = formats.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' });
    formats.set(zone, format);
  }
  const [, sign, hours, minutes] = /GMT(?:([+-])(\d\d):(\d\d))?/.exec(format.format(atMs)) ?? [];
  return (sign === '-' ? -1 : 1) * (Number(hours ?? 0) * 60 + Number(minutes ?? 0)) * 60_000;
}
