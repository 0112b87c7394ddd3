import { expect, it } from 'vitest';
import { lintSnippets } from './testing/lint-snippets.mjs';
import { query, schemas } from './testing/snippets.mjs';

const found = await lintSnippets('query-schema-shapes', {
  plain: query('name: limit, schema: { type: integer }'),
  nullableList: query("name: tags, schema: { type: [array, 'null'] }"),
  alternatives: query('name: size, schema: { oneOf: [{ type: integer }, { type: string }] }'),
  byReference: `${query("name: size, schema: { $ref: '#/components/schemas/Size' }")}\n${schemas('{ Size: { anyOf: [{ type: integer }] } }')}`,
});

it('accepts one plain type', () => expect(found.plain).toEqual([]));

it('refuses type lists and alternatives, which the validator converts wrongly', () => {
  expect(found.nullableList).toEqual([expect.stringContaining('"tags" must have one type')]);
  expect(found.alternatives).toEqual([expect.stringContaining('"size" must not have oneOf or anyOf')]);
  expect(found.byReference).toHaveLength(1);
});
