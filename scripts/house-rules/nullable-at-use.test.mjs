import { expect, it } from 'vitest';
import { lintSnippets } from './testing/lint-snippets.mjs';
import { schemas } from './testing/snippets.mjs';

const found = await lintSnippets('nullable-at-use', {
  use: schemas(
    "{ Thing: { properties: { note: { type: [string, 'null'] }, owner: { oneOf: [{ $ref: '#/components/schemas/Owner' }, { type: 'null' }] } } }, Owner: {} }",
  ),
  type: schemas("{ Note: { type: [string, 'null'] } }"),
  alternative: schemas("{ Note: { oneOf: [{ type: string }, { type: 'null' }] } }"),
  value: schemas('{ Note: { enum: [a, null] } }'),
});

it('accepts null where a schema is used', () => expect(found.use).toEqual([]));

it('refuses a component that is null itself, however it is written', () => {
  expect(found.type).toEqual(['#/components/schemas/Note: Say at the place of use that null is possible, not at the component.']);
  expect(found.alternative).toHaveLength(1);
  expect(found.value).toHaveLength(1);
});
