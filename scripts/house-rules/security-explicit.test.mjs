import { expect, it } from 'vitest';
import { lintSnippets } from './testing/lint-snippets.mjs';
import { operation } from './testing/snippets.mjs';

const found = await lintSnippets('security-explicit', {
  open: operation('get', '{ security: [] }'),
  closed: operation('get', '{ security: [{ session: [member] }] }'),
  silent: `security: [{ session: [member] }]\n${operation('get', '{ summary: Show a thing }')}`,
});

it('accepts an operation that says who may call it, everyone included', () => {
  expect(found.open).toEqual([]);
  expect(found.closed).toEqual([]);
});

it('refuses an operation that leaves it to the default of the document', () => {
  expect(found.silent).toEqual(['#/paths/~1v1~1things/get: Say who may call this operation: `security`, or `security: []` for everyone.']);
});
