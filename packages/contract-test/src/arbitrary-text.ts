import type { Schema } from '@appstead/contract/document';
import fc from 'fast-check';

/** Arbitrary strings of a schema: by format, by pattern, or any text a server must take, with the shortest and the longest one among them. */
export function arbitraryText(schema: Schema): fc.Arbitrary<string> {
  const min = Number(schema.minLength ?? 0);
  const max = Number(schema.maxLength ?? Math.max(min, 60));
  const fits = (text: string) => codePoints(text) >= min && codePoints(text) <= max;
  if (typeof schema.format === 'string') {
    const byFormat = formatArbitraries[schema.format] ?? declaredExamples(schema);
    if (!byFormat) throw new Error(`no text can be made for the format ${schema.format}; give the schema an example`);
    return byFormat.filter(fits);
  }
  const plain = plainText(min, max);
  if (typeof schema.pattern !== 'string') return plain;
  const pattern = new RegExp(schema.pattern, 'u');
  const mostlyMatches = fc.sample(plain, { seed: 1, numRuns: 20 }).filter((text) => pattern.test(text)).length >= 15;
  if (mostlyMatches) return plain.filter((text) => pattern.test(text));
  return fc.stringMatching(new RegExp(schema.pattern)).filter((text) => fits(text) && pattern.test(text) && !forbidden.test(text));
}

/** Text a server may refuse whatever the schema says: control characters and halves of surrogate pairs. */
const forbidden = /[\p{Cc}\p{Cs}]/u;

function plainText(min: number, max: number): fc.Arbitrary<string> {
  const usual = Math.min(max, min + 30);
  const latin = fc.string({ unit: 'grapheme-ascii', minLength: min, maxLength: usual });
  const world = fc.string({ unit: 'grapheme', minLength: min, maxLength: usual }).filter((text) => codePoints(text) <= max);
  const edges = fc.constantFrom(...[min, max].filter((length) => length <= 10_000).map((length) => 'x'.repeat(length)));
  return fc.oneof({ weight: 6, arbitrary: latin }, { weight: 3, arbitrary: world }, { weight: 1, arbitrary: edges });
}

const label = fc.stringMatching(/^[a-z][a-z0-9]{2,11}$/);
const host = fc.tuple(label, fc.constantFrom('example.com', 'example.org', 'test')).map((parts) => parts.join('.'));
const instant = fc
  .date({ min: new Date('2001-01-01T00:00:00Z'), max: new Date('2090-01-01T00:00:00Z'), noInvalidDate: true })
  .map((date) => date.toISOString());
const webAddress = fc
  .tuple(fc.constantFrom('http', 'https'), host, fc.constantFrom('', '/'), fc.option(label, { nil: '' }))
  .map(([scheme, name, slash, page]) => `${scheme}://${name}${slash}${slash && page}`);
const zones = ['UTC', 'Europe/Berlin', 'America/New_York', 'America/Argentina/Buenos_Aires', 'Asia/Kolkata', 'Australia/Lord_Howe'];

const formatArbitraries: Record<string, fc.Arbitrary<string>> = {
  uuid: fc.uuid(),
  'date-time': instant,
  date: instant.map((text) => text.slice(0, 10)),
  time: instant.map((text) => text.slice(11)),
  duration: fc.constantFrom('PT1H', 'P1D', 'P2W', 'PT30M'),
  // Long random local parts, because an address mostly may be used once.
  email: fc.tuple(fc.stringMatching(/^[a-z][a-z0-9]{11,15}$/), host).map((parts) => parts.join('@')),
  hostname: host,
  ipv4: fc.ipV4(),
  ipv6: fc.ipV6(),
  uri: webAddress,
  url: webAddress,
  'uri-reference': webAddress,
  'http-url': webAddress,
  'domain-pattern': fc.tuple(fc.constantFrom('', '*.'), host).map((parts) => parts.join('')),
  'iana-timezone': fc.constantFrom(...zones),
  'person-id': fc.stringMatching(/^[a-z][a-z0-9-]{7,30}$/),
  byte: fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes).toString('base64')),
  password: plainText(12, 40),
};

function declaredExamples(schema: Schema): fc.Arbitrary<string> | undefined {
  const examples = [schema.example, ...((schema.examples as unknown[] | undefined) ?? [])].filter((each) => typeof each === 'string');
  return examples.length > 0 ? fc.constantFrom(...examples) : undefined;
}

/** JSON Schema counts characters as code points, JavaScript as UTF-16 units. */
function codePoints(text: string): number {
  return [...text].length;
}
