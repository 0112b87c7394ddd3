import { expect, it } from 'vitest';
import { lintSnippets } from './testing/lint-snippets.mjs';
import { operation } from './testing/snippets.mjs';

const body = (yaml) => operation('post', `{ requestBody: ${yaml} }`);
const found = await lintSnippets('request-body-required', {
  needed: body('{ required: true, content: {} }'),
  optional: body('{ required: false, content: {} }'),
  silent: body('{ content: {} }'),
});

it('accepts either word', () => {
  expect(found.needed).toEqual([]);
  expect(found.optional).toEqual([]);
});

it('refuses silence', () => expect(found.silent).toEqual([expect.stringContaining('post/requestBody: Say `required: true`')]));
