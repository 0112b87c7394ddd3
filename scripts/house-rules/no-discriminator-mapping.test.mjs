import { expect, it } from 'vitest';
import { lintSnippets } from './testing/lint-snippets.mjs';
import { schemas } from './testing/snippets.mjs';

const found = await lintSnippets('no-discriminator-mapping', {
  plain: schemas('{ Pet: { oneOf: [], discriminator: { propertyName: kind } } }'),
  mapped: schemas("{ Pet: { oneOf: [], discriminator: { propertyName: kind, mapping: { cat: '#/components/schemas/Cat' } } } }"),
});

it('accepts a discriminator without a mapping', () => expect(found.plain).toEqual([]));

it('refuses a mapping, which the validator cannot compile', () => {
  expect(found.mapped).toEqual([expect.stringContaining('#/components/schemas/Pet/discriminator/mapping')]);
});
