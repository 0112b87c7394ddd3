import { expect, it } from 'vitest';
import { lintSnippets } from './testing/lint-snippets.mjs';
import { operation } from './testing/snippets.mjs';

const found = await lintSnippets('no-default-response', {
  named: operation('get', "{ responses: { '200': { description: Fine } } }"),
  webhook: 'webhooks: { thingCreated: { post: { responses: { default: { description: Anything } } } } }',
  default: operation('get', '{ responses: { default: { description: Anything } } }'),
});

it('accepts statuses', () => expect(found.named).toEqual([]));

it('accepts default of a receiver', () => expect(found.webhook).toEqual([]));

it('refuses default', () => expect(found.default).toEqual([expect.stringContaining('get/responses/default')]));
