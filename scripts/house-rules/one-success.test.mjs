import { expect, it } from 'vitest';
import { lintSnippets } from './testing/lint-snippets.mjs';
import { operation } from './testing/snippets.mjs';

const responses = (...statuses) =>
  operation('get', `{ responses: { ${statuses.map((one) => `'${one}': { description: x }`).join(', ')} } }`);
const found = await lintSnippets('one-success', {
  one: responses(201, 304, 400),
  redirect: responses(302, 404),
  two: responses(200, 204),
  none: responses(304, 400),
});

it('accepts one success, and a redirect where nothing else answers', () => {
  expect(found.one).toEqual([]);
  expect(found.redirect).toEqual([]);
});

it('refuses two successes and none', () => {
  expect(found.two).toEqual(['#/paths/~1v1~1things/get/responses: An operation has one success status; it has 200, 204.']);
  expect(found.none).toEqual([expect.stringContaining('it has none')]);
});
