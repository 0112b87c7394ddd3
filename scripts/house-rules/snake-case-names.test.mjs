import { expect, it } from 'vitest';
import { lintSnippets } from './testing/lint-snippets.mjs';
import { operation, query, schemas } from './testing/snippets.mjs';

const found = await lintSnippets('snake-case-names', {
  good: query('name: created_after'),
  header: operation('get', '{ parameters: [{ in: header, name: If-Match }] }'),
  path: operation('get', '{ parameters: [{ in: path, name: thing-id }] }'),
  bracket: query("name: 'filter[name]'"),
  property: schemas('{ Thing: { properties: { inner: { properties: { createdAt: { type: string } } } } } }'),
  foreign: schemas("{ Jwk: { x-names-from: RFC 7517, properties: { 'x5t#S256': { type: string } } } }"),
});

it('accepts snake_case, and header names in their own style', () => {
  expect(found.good).toEqual([]);
  expect(found.header).toEqual([]);
});

it('refuses the hyphens and brackets that the validator cannot match', () => {
  expect(found.path).toEqual(['#/paths/~1v1~1things/get/parameters/0/name: The path parameter "thing-id" must be snake_case.']);
  expect(found.bracket).toEqual([expect.stringContaining('"filter[name]" must be snake_case')]);
});

it('refuses a property in another style, however deep', () => {
  expect(found.property).toEqual([
    '#/components/schemas/Thing/properties/inner/properties/createdAt: The property "createdAt" must be snake_case.',
  ]);
});

it('accepts the names of another standard where the schema says whose they are', () => {
  expect(found.foreign).toEqual([]);
});
