import { hash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Problem } from '../http/problem.ts';
import { type Position, pageOf, readCursor } from './page.ts';

const position: Position = ['2026-11-21T09:30:00.123Z', '01939f5c-9b20-7d66-8b2a-74d9e2f30415'];
const filters = ['listThings', 'an organization', undefined, 'a filter'];
const rows = Array.from({ length: 4 }, () => position);
const identity = (row: Position) => row;
const cursorFor = (which: readonly unknown[]) => pageOf(rows, 3, which, identity).meta.cursor as string;

function codeOf(cursor: string): string | undefined {
  try {
    readCursor(cursor, filters);
  } catch (error) {
    return error instanceof Problem ? error.code : `not a problem: ${error}`;
  }
}

describe('pageOf', () => {
  it('says that there is more only when a row more than the limit was read', () => {
    expect(pageOf(rows, 3, filters, identity)).toMatchObject({ page: rows.slice(0, 3), meta: { has_more: true } });
    expect(pageOf(rows, 4, filters, identity)).toEqual({ page: rows, meta: { has_more: false, cursor: null } });
    expect(pageOf([], 4, filters, identity)).toEqual({ page: [], meta: { has_more: false, cursor: null } });
  });

  it('makes a cursor of letters that need no escape in a URL', () => {
    expect(cursorFor(filters)).toMatch(/^[A-Za-z0-9_-]+$/);
  });
});

describe('readCursor', () => {
  it('reads back the position of the last row of the page', () => {
    expect(readCursor(cursorFor(filters), filters)).toEqual(position);
    expect(readCursor(undefined, filters)).toBeUndefined();
  });

  it('does not tell an absent filter from an undefined one, and tells every other difference', () => {
    expect(readCursor(cursorFor(['listThings', 'an organization', null, 'a filter']), filters)).toEqual(position);
    for (const others of [['listThings'], [...filters, 'x'], ['listThings', 'an organization', 'a filter', undefined], []]) {
      expect(codeOf(cursorFor(others))).toBe('invalid_cursor');
    }
  });

  it('refuses any text that is no cursor with a problem, whatever it decodes to', () => {
    fc.assert(fc.property(fc.string(), (text) => codeOf(text) === 'invalid_cursor'));
    fc.assert(
      fc.property(fc.json(), (json) => codeOf(Buffer.from(json).toString('base64url')) === 'invalid_cursor'),
      { numRuns: 300 },
    );
  });

  it('refuses instants that a database cannot compare with, even from somebody who knows how cursors are made', () => {
    const digest = hash('sha256', JSON.stringify(['listThings', 'an organization', null, 'a filter'])).slice(0, 16);
    const forge = (at: unknown, id: unknown = position[1]) => Buffer.from(JSON.stringify([at, id, digest])).toString('base64url');
    expect(readCursor(forge(position[0]), filters)).toEqual(position);
    const wrong = ['2026-02-30', '0000-01-01', '2026-13-01', '2026-00-10', '2026-11-31'].map((day) => `${day}T00:00:00.000Z`);
    for (const at of [...wrong, '2026-11-21T24:00:00.000Z', '2026-11-21T23:59:60.000Z', '2026-11-21', 'infinity', 7, null]) {
      expect([at, codeOf(forge(at))]).toEqual([at, 'invalid_cursor']);
    }
    expect(codeOf(forge(position[0], `${position[1]}' OR true --`))).toBe('invalid_cursor');
    expect(codeOf(forge(position[0], `urn:uuid:${position[1]}`))).toBe('invalid_cursor');
  });
});
