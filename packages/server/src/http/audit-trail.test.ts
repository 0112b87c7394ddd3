import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { changesOf } from './audit-trail.ts';

const secretNames = ['password', 'api_secret', 'api_key', 'key', 'access_token', 'token', 'engagement_credentials', 'client_secret'];

describe('changesOf', () => {
  it('names the fields that differ, and only those', () => {
    expect(changesOf({ name: 'a', size: 1, same: [1, { b: 2 }] }, { name: 'b', size: 1, same: [1, { b: 2 }] })).toEqual({
      name: { before: 'a', after: 'b' },
    });
  });

  it('takes a field that is absent for null, on either side', () => {
    expect(changesOf({}, { name: 'new' })).toEqual({ name: { before: null, after: 'new' } });
    expect(changesOf({ name: 'old' }, {})).toEqual({ name: { before: 'old', after: null } });
    expect(changesOf({ name: null }, {})).toEqual({});
    expect(changesOf({ name: undefined }, { name: null })).toEqual({});
  });

  it('tells 0, false and the empty text from null', () => {
    for (const value of [0, false, '']) expect(changesOf({ a: null }, { a: value })).toEqual({ a: { before: null, after: value } });
  });

  it('leaves out updated_at, which changes with everything', () => {
    expect(changesOf({ updated_at: '1' }, { updated_at: '2' })).toEqual({});
  });

  it('keeps of secrets that they came, changed or went, and never their values', () => {
    for (const name of secretNames) {
      expect(changesOf({ [name]: 'canary-1' }, { [name]: 'canary-2' })).toEqual({ [name]: { before: '[redacted]', after: '[redacted]' } });
      expect(changesOf({}, { [name]: 'canary-1' })).toEqual({ [name]: { before: null, after: '[redacted]' } });
      expect(changesOf({ [name]: { inner: 'canary-1' } }, { [name]: null })).toEqual({ [name]: { before: '[redacted]', after: null } });
      expect(changesOf({ [name]: 'canary-1' }, { [name]: 'canary-1' })).toEqual({});
    }
  });

  it('is empty exactly when nothing differs, and never shows the value of a secret', () => {
    const state = fc.dictionary(fc.constantFrom('name', 'size', ...secretNames), fc.constantFrom('canary-a', 'canary-b', null));
    fc.assert(
      fc.property(state, state, (before, after) => {
        const changes = changesOf(before, after);
        const differing = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
          (name) => (before[name] ?? null) !== (after[name] ?? null),
        );
        expect(Object.keys(changes).sort()).toEqual(differing.sort());
        for (const name of secretNames) expect(JSON.stringify(changes[name] ?? '')).not.toContain('canary');
      }),
    );
  });
});
