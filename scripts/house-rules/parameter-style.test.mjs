import { expect, it } from 'vitest';
import { lintSnippets } from './testing/lint-snippets.mjs';
import { query } from './testing/snippets.mjs';

const found = await lintSnippets('parameter-style', {
  list: query('name: tags, schema: { type: array }'),
  object: query('name: filter, style: deepObject, explode: true, schema: { type: object }'),
  joined: query('name: tags, explode: false, schema: { type: array }'),
  piped: query('name: tags, style: pipeDelimited, schema: { type: array }'),
  formObject: query('name: filter, schema: { type: object }'),
});

it('accepts repeated names for lists and brackets for objects', () => {
  expect(found.list).toEqual([]);
  expect(found.object).toEqual([]);
});

it('refuses every style that the client does not write', () => {
  for (const name of ['joined', 'piped', 'formObject']) expect(found[name]).toHaveLength(1);
});
