import { gzipSync } from 'node:zlib';
import { isObject } from '../answer.ts';
import type { Operation } from '../contract.ts';
import type { Plan } from '../plan.ts';
import type { Mutation } from './mutation.ts';

/** Bodies that are wrong before any schema is asked: no JSON, no UTF-8, characters no store takes, other encodings than they say. */
export function rawMutations({ body, bodyBytesMax }: Operation): Mutation[] {
  if (body?.mediaType !== 'application/json') return [];
  const raw = (name: string, text: (valid: string) => string | Buffer, headers: Record<string, string> = {}): Mutation => ({
    name: `body: ${name}`,
    statuses: [400, 413, 415],
    apply: (plan) => ({ ...plan, raw: text(JSON.stringify(plan.body)), headers: { ...plan.headers, ...headers } }),
  });
  const required = body.required ? [raw('empty', () => '')] : [];
  return [
    ...required,
    raw('cut off', (valid) => valid.slice(0, -1)),
    raw('text after its end', (valid) => `${valid} more`),
    raw('an array', (valid) => `[${valid}]`),
    raw('a text', () => '"text"'),
    raw('null', () => 'null'),
    raw('not UTF-8', () => Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d])),
    raw('nested too deep', () => `{"unexpected_property":${'['.repeat(5000)}${']'.repeat(5000)}}`),
    raw('__proto__ as a property', (valid) => `{"__proto__":{"polluted":true}${valid === '{}' ? '' : ','}${valid.slice(1)}`),
    raw('in another character set', (valid) => valid, { 'content-type': 'application/json; charset=iso-8859-1' }),
    raw('in an unknown encoding', (valid) => valid, { 'content-encoding': 'unexpected' }),
    raw('not in the encoding it says', (valid) => valid, { 'content-encoding': 'gzip' }),
    raw('too large once unpacked', () => gzipSync(JSON.stringify({ padding: ' '.repeat(bodyBytesMax) })), { 'content-encoding': 'gzip' }),
    ...['\u0000', '\ud800'].map(
      (character): Mutation => ({
        name: `body: the character ${JSON.stringify(character)}`,
        apply: (plan) => withCharacter(plan, character),
      }),
    ),
  ];
}

/** Puts a character JSON can carry and PostgreSQL cannot store at the end of the longest text. */
function withCharacter(plan: Plan, character: string): Plan | undefined {
  if (!isObject(plan.body)) return undefined;
  const texts = Object.entries(plan.body).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  const [longest] = texts.sort(([, first], [, second]) => second.length - first.length);
  return longest ? { ...plan, body: { ...plan.body, [longest[0]]: `${longest[1].slice(0, -1)}${character}` } } : undefined;
}
