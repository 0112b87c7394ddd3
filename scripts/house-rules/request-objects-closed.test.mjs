import { expect, it } from 'vitest';
import { lintSnippets } from './testing/lint-snippets.mjs';
import { answer, requestBody } from './testing/snippets.mjs';

const found = await lintSnippets('request-objects-closed', {
  closed: requestBody('{ type: object, additionalProperties: false }'),
  map: requestBody('{ type: object, additionalProperties: { type: boolean } }'),
  composed: requestBody('{ type: object, unevaluatedProperties: false, allOf: [{ properties: { a: { type: boolean } } }] }'),
  answer: answer('{ schema: { type: object } }'),
  open: requestBody('{ type: object, additionalProperties: false, properties: { inner: { type: object } } }'),
});

it('accepts an object that says what it does with unknown properties, and any in an answer', () => {
  for (const name of ['closed', 'map', 'composed', 'answer']) expect(found[name]).toEqual([]);
});

it('refuses one that would drop a misspelt property', () => {
  expect(found.open).toEqual([expect.stringContaining('properties/inner: An object in a request needs additionalProperties')]);
});
