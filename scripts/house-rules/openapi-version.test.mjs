import { expect, it } from 'vitest';
import { lintSnippets } from './testing/lint-snippets.mjs';

const found = await lintSnippets('openapi-version', { patch: 'openapi: 3.1.1', older: 'openapi: 3.0.3', newer: 'openapi: 3.2.0' });

it('accepts every 3.1', () => expect(found.patch).toEqual([]));

it('refuses 3.0 and 3.2, with which every request would be a 500', () => {
  expect(found.older).toEqual(['#/openapi: The contract is OpenAPI 3.1.']);
  expect(found.newer).toHaveLength(1);
});
