import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DatabaseError, isUniqueViolation } from './database-errors.ts';
import { engines } from './testing/engines.ts';
import { acme, insertOrganization } from './testing/sample-rows.ts';
import type { TestDatabase } from './testing.ts';

describe.each(engines)('values on $engine', ({ open }) => {
  let db: TestDatabase;
  beforeAll(async () => {
    db = await open();
  });
  afterAll(() => db.close());

  const value = async (expression: string, ...values: unknown[]) =>
    (await db.query<{ value: unknown }>({ text: `SELECT ${expression} AS value`, values })).rows[0]?.value;

  it.each([
    [`timestamptz '2026-11-21 12:34:56.789012+02'`, '2026-11-21T10:34:56.789Z'],
    [`timestamptz '2026-11-21 10:00:00Z'`, '2026-11-21T10:00:00.000Z'],
    [`timestamptz '2026-11-21 10:00:00.5Z'`, '2026-11-21T10:00:00.500Z'],
    [`timestamptz 'infinity'`, 'infinity'],
    [`ARRAY[timestamptz '2026-11-21 10:00:00Z', NULL]`, ['2026-11-21T10:00:00.000Z', null]],
    [`date '2026-11-21'`, '2026-11-21'],
    [`timestamp '2026-11-21 10:00:00'`, '2026-11-21 10:00:00'],
    ['9007199254740991::bigint', 9007199254740991],
    ['count(*)', 1],
    [`ARRAY[1, NULL]::bigint[]`, [1, null]],
    ['1.10::numeric', '1.10'],
    ['1.5::float8', 1.5],
    ['7::smallint', 7],
    ['true', true],
    [`'{"a": [1, null, "\u00e9"]}'::jsonb`, { a: [1, null, '\u00e9'] }],
    [`'[1]'::json`, [1]],
    [`'\\xc0ffee'::bytea`, Buffer.from('c0ffee', 'hex')],
    [`ARRAY['a', NULL, 'b,"c']`, ['a', null, 'b,"c']],
    [`'${acme}'::uuid`, acme],
    ['NULL::timestamptz', null],
  ])('reads %s', async (expression, expected) => {
    expect(await value(expression)).toEqual(expected);
  });

  it('refuses an int8 that a number cannot hold instead of rounding it, and goes on', async () => {
    await expect(value('9007199254740992::bigint')).rejects.toThrow(RangeError);
    expect(await value('1')).toBe(1);
  });

  it('writes strings, numbers, booleans, null, bytes, arrays, dates and objects alike', async () => {
    const moment = new Date('2026-11-21T10:00:00.123Z');
    expect(await value('$1::text', '\u00e9\ud83d\ude00')).toBe('\u00e9\ud83d\ude00');
    expect(await value('$1::bigint', 42)).toBe(42);
    expect(await value('$1::boolean', false)).toBe(false);
    expect(await value('$1::text', null)).toBeNull();
    expect(await value('$1::text', undefined)).toBeNull();
    expect(await value('$1::bytea', Buffer.from([0, 255]))).toEqual(Buffer.from([0, 255]));
    expect(await value('$1::text[]', ['a', null, 'b"c'])).toEqual(['a', null, 'b"c']);
    expect(await value('$1::timestamptz', moment)).toBe(moment.toISOString());
    expect(await value('$1::jsonb', { a: 1 })).toEqual({ a: 1 });
    expect(await value('$1::jsonb', JSON.stringify([1, 2]))).toEqual([1, 2]);
  });

  it('carries large values both ways', async () => {
    const text = 'x'.repeat(3_000_000);
    expect(await value('$1::text', text)).toBe(text);
  });

  it('describes a unique violation by its code, table and constraint, without the values of the row', async () => {
    await db.transact(acme, (tx) => insertOrganization(tx, acme, 'Acme'));
    const error = await db.transact(acme, (tx) => insertOrganization(tx, acme, 'Acme')).catch((reason) => reason);
    expect(error).toBeInstanceOf(DatabaseError);
    expect({ ...error }).toEqual({
      name: 'DatabaseError',
      code: '23505',
      table: 'organizations',
      constraint: 'organizations_pkey',
      statement: 'insert organization',
    });
    expect(isUniqueViolation(error, 'organizations_pkey')).toBe(true);
    expect(isUniqueViolation(error, 'users_pkey')).toBe(false);
    expect(error.cause).toBeUndefined();
    expect(`${error.message} ${JSON.stringify(error)}`).not.toContain(acme);
  });

  it.each([
    ['22P02', '$1::uuid', 'canary'],
    ['22P02', '$1::jsonb', '{"canary": \\ud800}'],
    ['22003', '$1::int', '99999999999'],
    ['22007', '$1::timestamptz', 'canary'],
    ['22021', '$1::text', 'can\u0000ary'],
  ])('reports %s for %s without quoting the value', async (code, expression, given) => {
    const error = await value(expression, given).catch((reason) => reason);
    expect(error).toBeInstanceOf(DatabaseError);
    expect(error).toMatchObject({ code });
    expect(String(error)).not.toContain(given);
  });

  it('goes on after an error in a prepared statement', async () => {
    const divide = (by: number) => db.query<{ q: number }>({ name: 'divide', text: 'SELECT 6 / $1::int AS q', values: [by] });
    expect((await divide(2)).rows).toEqual([{ q: 3 }]);
    await expect(divide(0)).rejects.toMatchObject({ code: '22012', statement: 'divide' });
    expect((await divide(3)).rows).toEqual([{ q: 2 }]);
  });
});
