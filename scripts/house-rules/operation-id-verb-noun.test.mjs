import { expect, it } from 'vitest';
import { lintSnippets } from './testing/lint-snippets.mjs';
import { operation } from './testing/snippets.mjs';

const verbs = { get: ['get', 'list'], post: ['create', 'sign'] };
const snippets = {
  list: operation('get', '{ operationId: listThings }'),
  sign: operation('post', '{ operationId: signIn }'),
  otherMethod: operation('get', '{ operationId: createThing }'),
  verbOnly: operation('post', '{ operationId: create }'),
  snake: operation('post', '{ operationId: create_thing }'),
  absent: operation('post', '{ summary: Create a thing }'),
};
const found = await lintSnippets('operation-id-verb-noun', snippets, { verbs });

it('accepts a verb of the method and a noun', () => {
  expect(found.list).toEqual([]);
  expect(found.sign).toEqual([]);
});

it('refuses a verb of another method and names the verbs of this one', () => {
  expect(found.otherMethod).toEqual([
    '#/paths/~1v1~1things/get/operationId: operationId "createThing": "create" is no verb for GET: get, list.',
  ]);
});

it('refuses a verb without a noun, another case and no operationId at all', () => {
  for (const name of ['verbOnly', 'snake', 'absent'])
    expect(found[name]).toEqual([expect.stringContaining('a verb and a noun in camelCase')]);
});
