import { expect, it } from 'vitest';
import { lintSnippets } from './testing/lint-snippets.mjs';
import { answer, query, requestBody, schemas } from './testing/snippets.mjs';

const found = await lintSnippets('integer-bounds', {
  bounded: query('name: limit, schema: { type: integer, minimum: 1, exclusiveMaximum: 201 }'),
  enumerated: query('name: size, schema: { type: integer, enum: [1, 2] }'),
  answer: answer('{ schema: { type: integer } }'),
  open: query('name: limit, schema: { type: integer, minimum: 1 }'),
  deep: `${requestBody("{ $ref: '#/components/schemas/New' }")}
${schemas("{ New: { properties: { list: { items: { anyOf: [{ $ref: '#/components/schemas/Size' }] } }, self: { $ref: '#/components/schemas/New' } } }, Size: { type: [integer, 'null'] } }")}`,
  condition: requestBody('{ if: { properties: { size: { type: integer } } }, then: { properties: { size: { type: integer } } } }'),
});

it('accepts both bounds, an enum, and anything in an answer', () => {
  for (const name of ['bounded', 'enumerated', 'answer']) expect(found[name]).toEqual([]);
});

it('refuses a missing bound in a parameter and deep in a recursive body', () => {
  expect(found.open).toEqual(['#/paths/~1v1~1things/get/parameters/0/schema: An integer in a request needs a minimum and a maximum.']);
  expect(found.deep).toEqual(['#/components/schemas/Size: An integer in a request needs a minimum and a maximum.']);
});

it('leaves conditions alone, which narrow what is bounded elsewhere', () => expect(found.condition).toEqual([]));
