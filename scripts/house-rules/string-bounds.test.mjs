import { expect, it } from 'vitest';
import { lintSnippets } from './testing/lint-snippets.mjs';
import { answer, requestBody } from './testing/snippets.mjs';

const property = (schema) => requestBody(`{ properties: { name: ${schema} } }`);
const found = await lintSnippets('string-bounds', {
  bounded: property("{ type: [string, 'null'], maxLength: 10 }"),
  enumerated: property('{ type: string, enum: [a] }'),
  constant: property('{ type: string, const: a }'),
  instant: property('{ type: string, format: date-time }'),
  answer: answer('{ schema: { type: string } }'),
  open: property('{ type: string, format: email }'),
  values: requestBody('{ additionalProperties: { type: string } }'),
});

it('accepts a maxLength, fixed values, formats of known length, and anything in an answer', () => {
  for (const name of ['bounded', 'enumerated', 'constant', 'instant', 'answer']) expect(found[name]).toEqual([]);
});

it('refuses a string of any length, also as the value of a map', () => {
  expect(found.open).toEqual([expect.stringContaining('properties/name: A string in a request needs a maxLength.')]);
  expect(found.values).toEqual([expect.stringContaining('additionalProperties: A string')]);
});
