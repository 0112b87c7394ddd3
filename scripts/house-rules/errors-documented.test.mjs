import { expect, it } from 'vitest';
import { lintSnippets } from './testing/lint-snippets.mjs';
import { operation } from './testing/snippets.mjs';

const responses = "responses: { '200': { description: Fine }, '400': { description: Bad }, '500': { description: Broken } }";
const found = await lintSnippets('errors-documented', {
  open: operation('get', `{ security: [], ${responses} }`),
  nothing: operation('get', "{ security: [], responses: { '200': { description: Fine } } }"),
  session: operation('get', `{ security: [{ session: [member] }], ${responses} }`),
  metrics: operation('get', `{ security: [{ metricsToken: [] }], ${responses} }`),
  body: operation('post', `{ requestBody: { content: {} }, ${responses} }`),
  rate: operation('get', `{ x-rate-limit: {}, ${responses} }`),
  path: `paths: { '/v1/things/{thing_id}': { parameters: [{ in: path, name: thing_id }], get: { ${responses} } } }`,
  headers: `
    paths: { /v1/things: { post: { parameters: [{ $ref: '#/components/parameters/Key' }, { in: header, name: If-Match }], ${responses} } } }
    components: { parameters: { Key: { in: header, name: Idempotency-Key } } }`,
});
const missing = (name) => found[name].map((problem) => /Document (.*):/.exec(problem)[1]);

it('accepts an open read with 400 and 500, and wants both', () => {
  expect(found.open).toEqual([]);
  expect(found.nothing).toEqual([
    '#/paths/~1v1~1things/get/responses: Document 400 and 500: any request can be malformed, any server can fail.',
  ]);
});

it('wants 401 and 403 where a credential is needed, and 401 alone for the metrics token', () => {
  expect(missing('session')).toEqual(['401', '403']);
  expect(missing('metrics')).toEqual(['401']);
});

it('wants 404 for a parameter of the path, even one declared for the whole path', () => expect(missing('path')).toEqual(['404']));

it('wants 413 and 415 for a body, and 429 for a rate limit', () => {
  expect(missing('body')).toEqual(['413 and 415']);
  expect(missing('rate')).toEqual(['429']);
});

it('wants 412 for If-Match and 409 for Idempotency-Key, also through a reference', () => {
  expect(missing('headers')).toEqual(['412', '409']);
});
