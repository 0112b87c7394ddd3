import { invalidAt } from './http-problems.ts';

/**
 * An instant of a query parameter as the database takes it. RFC 3339 allows more than a timestamp can hold: the year 0, offsets of a whole day, a
 * 30 February, a leap second at any minute. 400 for those.
 */
export function instantOf(name: string, text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const at = new Date(text);
  if (Number.isNaN(at.getTime()) || !isDate(text.slice(0, 'yyyy-mm-dd'.length)) || at.getUTCFullYear() < 1 || at.getUTCFullYear() > 9999) {
    throw invalidAt(`query.${name}`, 'must be an instant of the years 1 to 9999', 'format');
  }
  return at.toISOString();
}

/** Whether a date is one of the calendar. `Date` takes a 30 February for a 2 March. */
function isDate(text: string): boolean {
  const at = new Date(`${text}T00:00:00.000Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text);
}
