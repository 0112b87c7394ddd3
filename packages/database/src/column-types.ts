import pg from 'pg';

type ArrayParser = { create(source: string, transform: (text: string) => unknown): { parse(): unknown[] } };
const arrayParser = (pg.types as unknown as { arrayParser: ArrayParser }).arrayParser;

const arrayOf = (transform: (text: string) => unknown) => (text: string) => arrayParser.create(text, transform).parse();

const timestamp = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?\+00$/;

/** `2026-11-21 10:00:00.123456+00` → `2026-11-21T10:00:00.123Z`: cut, not rounded. Infinity and years beyond four digits stay as they are. */
function instant(text: string): string {
  const parts = timestamp.exec(text);
  return parts ? `${parts[1]}T${parts[2]}.${(parts[3] ?? '').padEnd(3, '0').slice(0, 3)}Z` : text;
}

function safeInteger(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError('An int8 column holds a value beyond 2^53 - 1');
  return value;
}

const asText = (text: string) => text;

// By type OID (pg_type.dat). What is not listed is read as pg reads it.
const parsers = new Map<number, (text: string) => unknown>([
  [20, safeInteger],
  [1016, arrayOf(safeInteger)],
  [1082, asText],
  [1182, arrayOf(asText)],
  [1114, asText],
  [1115, arrayOf(asText)],
  [1184, instant],
  [1185, arrayOf(instant)],
]);

/** How column values become JavaScript values, on both engines; the session's time zone must be UTC. */
export const columnTypes: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
    (format === 'binary' ? undefined : parsers.get(oid)) ?? pg.types.getTypeParser(oid, format as 'text')) as typeof pg.types.getTypeParser,
};
