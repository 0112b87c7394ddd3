import { expect, it } from 'vitest';
import { lintSnippets } from './testing/lint-snippets.mjs';
import { answer } from './testing/snippets.mjs';

const found = await lintSnippets('example-required', {
  one: answer('{ example: null }'),
  named: answer('{ examples: { thing: { value: 1 } } }'),
  none: answer('{ schema: { type: integer, example: 1 } }'),
  empty: answer('{ examples: {} }'),
});

it('accepts one example or named ones', () => {
  expect(found.one).toEqual([]);
  expect(found.named).toEqual([]);
});

it('refuses a media type without one, even when its schema has one', () => {
  expect(found.none).toEqual(['#/paths/~1v1~1things/get/responses/200/content/application~1json: This media type needs an example.']);
  expect(found.empty).toHaveLength(1);
});
