import { expect, it } from 'vitest';
import { lintSnippets } from './testing/lint-snippets.mjs';
import { answer, schemas } from './testing/snippets.mjs';

const found = await lintSnippets('named-schemas', {
  named: `${answer("{ schema: { $ref: '#/components/schemas/Thing' } }")}\n${schemas('{ Thing: { type: object } }')}`,
  unnamed: answer('{ schema: { type: object } }'),
  absent: answer('{}'),
});

it('accepts a reference to a component', () => expect(found.named).toEqual([]));

it('refuses a schema without a name, and none at all', () => {
  expect(found.unnamed).toEqual([expect.stringContaining('/schema: Name this schema')]);
  expect(found.absent).toHaveLength(1);
});
