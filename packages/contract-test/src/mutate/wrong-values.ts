import type { Document, Schema } from '@appstead/contract/document';
import { flatten, typesOf } from '../merge-schema.ts';

/** Values a schema forbids, each with the rule it breaks. They are validated before use, so a guess too many does no harm. */
export function wrongValues(document: Document, given: Schema): [rule: string, value: unknown][] {
  const { schema } = flatten(document, given);
  const branches = [schema, ...(['oneOf', 'anyOf'] as const).flatMap((keyword) => (schema[keyword] as Schema[] | undefined) ?? [])];
  return [
    ...wrongTypes(branches.flatMap((branch) => typesOf(flatten(document, branch).schema))),
    ...branches.flatMap((branch) => outOfBounds(flatten(document, branch).schema)),
  ];
}

function wrongTypes(allowed: string[]): [string, unknown][] {
  const samples: [string, unknown][] = [
    ['string', 'text'],
    ['number', 12_345.5],
    ['boolean', true],
    ['null', null],
    ['array', [1]],
    ['object', { unexpected: 1 }],
  ];
  return samples.filter(([type]) => !allowed.includes(type)).map(([type, value]) => [`${type} where none may be`, value]);
}

function outOfBounds(schema: Schema): [string, unknown][] {
  const wrong: [string, unknown][] = [];
  const { minLength, maxLength, minimum, maximum, maxItems, multipleOf } = schema as Record<string, number | undefined>;
  const items = schema.items as Schema | undefined;
  if (maxLength !== undefined) wrong.push(['too long', 'x'.repeat(maxLength + 1)]);
  if (minLength) wrong.push(['too short', 'x'.repeat(minLength - 1)]);
  if (minimum !== undefined) wrong.push(['below the minimum', minimum - 1]);
  if (maximum !== undefined) wrong.push(['above the maximum', maximum + 1], ['far above the maximum', 2 ** 53]);
  if (maxItems !== undefined && items)
    wrong.push(['too many items', Array.from({ length: maxItems + 1 }, (_, index) => sample(items, index))]);
  if (multipleOf !== undefined) wrong.push(['no multiple', multipleOf / 2]);
  if (typesOf(schema).includes('integer')) wrong.push(['a fraction', 1.5]);
  if (Array.isArray(schema.enum) || 'const' in schema) wrong.push(['not one of the values', 'unexpected_value']);
  if (schema.format !== undefined) wrong.push(['bad format', 'not of the format'], ['bad format, with a line break', 'a\nb']);
  if (schema.pattern !== undefined) wrong.push(['against the pattern', '   '], ['against the pattern, inside', 'two words ☃']);
  return wrong;
}

/** Items that differ, of the type that is asked for. */
function sample(items: Schema, index: number): unknown {
  if (typesOf(items).includes('string') || items.format) return `host-${index}.example.com`;
  return typesOf(items).includes('object') ? { index } : index;
}
