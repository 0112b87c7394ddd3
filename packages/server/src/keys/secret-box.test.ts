import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SecretBox } from './secret-box.ts';

const box = new SecretBox(Buffer.alloc(32, 7));

describe('SecretBox', () => {
  it('opens every text it sealed, at its place', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme' }), fc.string(), (text, place) => box.open(box.seal(text, place), place) === text));
  });

  it('never seals the same text the same way, and shows nothing of it but its length', () => {
    const sealed = Array.from({ length: 100 }, () => box.seal('the same text', 'place'));
    expect(new Set(sealed).size).toBe(100);
    expect(new Set(sealed.map(({ length }) => length)).size).toBe(1);
    expect(sealed[0]).toMatch(/^v1:[A-Za-z0-9_-]{16}:[A-Za-z0-9_-]+$/);
  });

  it('does not open at any other place, also not one that differs by a letter', () => {
    const sealed = box.seal('a secret', 'apps:one:engagement_credentials');
    for (const place of ['', 'apps:two:engagement_credentials', 'apps:one:engagement_credential', 'apps:one:email_credentials']) {
      expect(() => box.open(sealed, place)).toThrow();
    }
  });

  it('does not open with another key', () => {
    expect(() => new SecretBox(Buffer.alloc(32, 8)).open(box.seal('a secret', 'place'), 'place')).toThrow();
  });

  it('does not open when any bit of nonce, text or tag is flipped, or a byte is missing or added', () => {
    const [version, nonce, rest] = box.seal('a secret', 'place').split(':') as [string, string, string];
    const parts = { nonce: Buffer.from(nonce, 'base64url'), rest: Buffer.from(rest, 'base64url') };
    const open = (changed: Partial<typeof parts>) => {
      const { nonce: first, rest: second } = { ...parts, ...changed };
      return () => box.open(`${version}:${first.toString('base64url')}:${second.toString('base64url')}`, 'place');
    };
    expect(open({})()).toBe('a secret');
    for (const name of ['nonce', 'rest'] as const) {
      for (let bit = 0; bit < parts[name].length * 8; bit++) {
        const flipped = Buffer.from(parts[name]);
        flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (1 << (bit & 7));
        expect(open({ [name]: flipped }), `${name} bit ${bit}`).toThrow();
      }
      expect(open({ [name]: parts[name].subarray(1) })).toThrow();
      expect(open({ [name]: parts[name].subarray(0, -1) })).toThrow();
      expect(open({ [name]: Buffer.concat([parts[name], Buffer.from([0])]) })).toThrow();
    }
  });

  it('does not open a shortened tag: with 4 bytes of it a forgery is a matter of tries', () => {
    const [version, nonce, tag] = box.seal('', 'place').split(':') as [string, string, string];
    const open = (length: number) => () =>
      box.open(`${version}:${nonce}:${Buffer.from(tag, 'base64url').subarray(0, length).toString('base64url')}`, 'place');
    expect(open(16)()).toBe('');
    for (const length of [0, 4, 8, 12, 13, 14, 15]) expect(open(length), `${length} bytes`).toThrow();
  });

  it('throws for any other text', () => {
    for (const text of ['', 'v1', 'v1:', 'v1::', 'v2:AAAAAAAAAAAAAAAA:AAAA', ':::']) expect(() => box.open(text, 'place')).toThrow();
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(() => box.open(text, 'place')).toThrow();
      }),
    );
  });

  it('takes no key of another length', () => {
    for (const length of [0, 16, 31, 33]) expect(() => new SecretBox(Buffer.alloc(length))).toThrow('32 bytes');
  });
});
