import { describe, expect, it } from 'vitest';
import { etagOf, requireMatch } from './etag.ts';
import { Problem } from './problem.ts';

function matches(ifMatch: string | undefined, version: number): boolean {
  try {
    requireMatch(ifMatch, version);
    return true;
  } catch (error) {
    expect(error).toBeInstanceOf(Problem);
    expect(error).toMatchObject({ code: 'precondition_failed', status: 412 });
    return false;
  }
}

describe('requireMatch', () => {
  it('lets pass no condition, any version, this one and a list with it', () => {
    for (const ifMatch of [undefined, '*', ' * ', '"12"', '"1", "12"', '"12","13"', ' "12" ', 'W/"12", "12"']) {
      expect([ifMatch, matches(ifMatch, 12)]).toEqual([ifMatch, true]);
    }
  });

  it('refuses other versions, weak validators, what has no quotes and what only contains the version', () => {
    for (const ifMatch of [
      '"1"',
      '"2"',
      '"112"',
      '"12',
      '12"',
      '12',
      'W/"12"',
      'w/"12"',
      '"012"',
      '"12 "',
      '"1""2"',
      '',
      ',',
      '**',
      '"*"',
    ]) {
      expect([ifMatch, matches(ifMatch, 12)]).toEqual([ifMatch, false]);
    }
  });

  it('takes the tag it makes, and for no other version', () => {
    expect(etagOf(7)).toBe('"7"');
    expect(matches(etagOf(7), 7)).toBe(true);
    expect(matches(etagOf(7), 8)).toBe(false);
  });
});
