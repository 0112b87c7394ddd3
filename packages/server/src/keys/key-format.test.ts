import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createKey, isWellFormedKey } from './key-format.ts';

describe('key format', () => {
  it('accepts every key it makes', () => {
    for (const prefix of ['apps', 'apikey', 'ak', 'as', 'rt', 'inv'] as const) {
      for (let n = 0; n < 200; n++) expect(isWellFormedKey(createKey(prefix))).toBe(true);
    }
  });

  it('refuses every key with one character changed', () => {
    const key = createKey('apps');
    fc.assert(
      fc.property(fc.nat(key.length - 1), fc.constantFrom(...'0123456789abcxyzABCXYZ_-'), (at, character) => {
        const changed = key.slice(0, at) + character + key.slice(at + 1);
        expect(isWellFormedKey(changed)).toBe(changed === key);
      }),
      { numRuns: 500 },
    );
  });

  it('refuses any other text', () => {
    fc.assert(fc.property(fc.string(), (text) => !isWellFormedKey(text)));
  });
});
