import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseJson } from './parse-json.ts';
import { Problem } from './problem.ts';

const parse = (text: string) => parseJson(Buffer.from(text));

/** The value, or the code of the problem; anything else that is thrown fails the test. */
function outcome(bytes: Uint8Array): { value: unknown } | { code: string } {
  try {
    return { value: parseJson(Buffer.from(bytes)) };
  } catch (error) {
    if (error instanceof Problem) return { code: error.code };
    throw error;
  }
}

describe('parseJson', () => {
  it('parses every JSON value as JSON.parse does', () => {
    fc.assert(
      fc.property(fc.json({ stringUnit: 'grapheme', maxDepth: 8 }), (text) => {
        expect(parse(text)).toEqual(JSON.parse(text));
      }),
      { numRuns: 500 },
    );
  });

  it('gives for any text what JSON.parse gives, or a problem', () => {
    const pieces = [
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"',
      '\\',
      '\\u',
      '0000',
      'd800',
      'dc00',
      '"a"',
      '1',
      '-',
      '1e400',
      'true',
      'null',
      ' ',
      '\n',
      '\0',
      'é',
    ];
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(fc.constantFrom(...pieces)).map((some) => some.join('')),
    );
    fc.assert(
      fc.property(text, (given) => {
        const got = outcome(Buffer.from(given));
        if ('value' in got)
          expect(got.value).toEqual(
            JSON.parse(
              Buffer.from(given)
                .toString('utf8')
                .replace(/^\ufeff/, ''),
            ),
          );
      }),
      { numRuns: 3_000 },
    );
  });

  it('gives a value or a problem for any bytes, never another error', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => 'value' in outcome(bytes) || 'code' in outcome(bytes)),
      { numRuns: 2_000 },
    );
  });

  it('never lets through a text that PostgreSQL cannot store, wherever it stands', () => {
    const unit = fc.constantFrom('\\u0000', '\\ud800', '\\udc00', '\\ud83d\\ude00', '\\u0041', 'a', '\\\\u0000');
    const text = fc.array(unit, { maxLength: 4 }).map((units) => `"${units.join('')}"`);
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { depthSize: 'small' },
        text,
        fc.array(tie('value')).map((items) => `[${items}]`),
        tie('object'),
      ),
      object: fc.array(fc.tuple(text, tie('value'))).map((entries) => `{${entries.map((entry) => entry.join(':'))}}`),
    }));
    const isStorable = (each: unknown): boolean => {
      if (typeof each === 'string') return each.isWellFormed() && !each.includes('\0');
      if (typeof each !== 'object' || each === null) return true;
      return Object.entries(each).every(([name, item]) => isStorable(name) && isStorable(item));
    };
    fc.assert(
      fc.property(value as fc.Arbitrary<string>, (json) => {
        const parsed = JSON.parse(json);
        expect(outcome(Buffer.from(json))).toEqual(isStorable(parsed) ? { value: parsed } : { code: 'invalid_characters' });
      }),
      { numRuns: 2_000 },
    );
  });

  it('names the place of what cannot be stored', () => {
    const places = (json: string) => {
      try {
        parse(json);
      } catch (error) {
        return (error as Problem).errors.map(({ location }) => location);
      }
    };
    expect(places('{"a":{"b":["x","\\u0000"]}}')).toEqual(['body.a.b.1']);
    expect(places('{"a":{"\\ud800":1}}')).toEqual(['body.a']);
  });

  it('takes 64 levels and not 65, without ever overflowing the stack, and counts no brackets inside of texts', () => {
    const nested = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`;
    expect(outcome(Buffer.from(nested(64)))).toHaveProperty('value');
    for (const levels of [65, 1_000_000]) expect(outcome(Buffer.from(nested(levels)))).toEqual({ code: 'too_deeply_nested' });
    expect(outcome(Buffer.from('['.repeat(1_000_000)))).toEqual({ code: 'too_deeply_nested' });
    const inText = JSON.stringify('[{'.repeat(1000));
    expect(parse(inText)).toBe('[{'.repeat(1000));
    expect(parse('"\\"[[\\\\"')).toBe('"[[\\');
  });

  it('takes the mark at the start of UTF-8, and properties named like those of every object as plain properties', () => {
    expect(parse('\ufeff{"a":1}')).toEqual({ a: 1 });
    const parsed = parse('{"__proto__":{"admin":true},"constructor":1}') as Record<string, unknown>;
    expect(Object.getPrototypeOf(parsed)).toBe(Object.prototype);
    expect(Object.keys(parsed)).toEqual(['__proto__', 'constructor']);
    expect(({} as Record<string, unknown>).admin).toBeUndefined();
  });
});
