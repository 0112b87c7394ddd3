import { hash } from 'node:crypto';
import { httpProblems } from '../http/http-problems.ts';

/** Where a page ends: the values it is sorted by, the id last. Instants as ISO text with milliseconds, which is all that is stored. */
export type Position = [instant: string, id: string];

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const instant = /^(?!0000)\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/**
 * Reads a cursor that {@link pageOf} made. `filters` is everything that chose the list, the organization and operation included: a cursor
 * made with others is refused (400 `invalid_cursor`), and so is any text that is no cursor.
 */
export function readCursor(cursor: string | undefined, filters: readonly unknown[], location = 'query.cursor'): Position | undefined {
  if (cursor === undefined) return undefined;
  const refusal = () =>
    httpProblems.invalid_cursor('The cursor is not one of this list with these filters', {
      errors: [{ location, message: 'is not a cursor of this list with these filters', rule: 'cursor' }],
    });
  let parts: unknown;
  try {
    parts = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    throw refusal();
  }
  if (!Array.isArray(parts) || parts.length !== 3) throw refusal();
  const [at, id, made] = parts as unknown[];
  if (typeof at !== 'string' || !isInstant(at)) throw refusal();
  if (typeof id !== 'string' || !uuid.test(id) || made !== digest(filters)) throw refusal();
  return [at, id];
}

/** Whether the database can compare with it: a 30 February has the form of an instant, and Date.parse takes it for a 2 March. */
function isInstant(text: string): boolean {
  const at = new Date(text);
  return instant.test(text) && Number.isFinite(at.getTime()) && at.toISOString() === text;
}

/** A page of rows that were read with one more than the limit, and its `meta`. */
export function pageOf<Row>(rows: Row[], limit: number, filters: readonly unknown[], position: (row: Row) => Position) {
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  const hasMore = rows.length > limit && last !== undefined;
  const cursor = hasMore ? cursorAt(position(last), filters) : null;
  return { page, meta: { has_more: hasMore, cursor } };
}

/** The text by which {@link readCursor} finds a position again. */
export function cursorAt(position: Position, filters: readonly unknown[]): string {
  return Buffer.from(JSON.stringify([...position, digest(filters)])).toString('base64url');
}

function digest(filters: readonly unknown[]): string {
  return hash('sha256', JSON.stringify(filters.map((filter) => filter ?? null))).slice(0, 16);
}
