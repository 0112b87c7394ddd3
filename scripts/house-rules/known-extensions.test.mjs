import { expect, it } from 'vitest';
import { lintSnippets } from './testing/lint-snippets.mjs';
import { operation, schemas } from './testing/snippets.mjs';

const snippets = {
  known: operation('post', '{ x-audit: thing.created }'),
  misspelt: operation('post', '{ x-audti: thing.created }'),
  deep: schemas('{ Thing: { properties: { name: { type: string, x-mesage: No } } } }'),
};
const found = await lintSnippets('known-extensions', snippets, { known: ['x-audit'] });

it('accepts the extensions that something reads', () => expect(found.known).toEqual([]));

it('refuses a misspelt one, anywhere, instead of letting it do nothing', () => {
  expect(found.misspelt).toEqual(['#/paths/~1v1~1things/post/x-audti: Nothing reads the extension x-audti; known are x-audit.']);
  expect(found.deep).toEqual([expect.stringContaining('properties/name/x-mesage')]);
});
