import { expect, it } from 'vitest';
import { lintSnippets } from './testing/lint-snippets.mjs';
import { operation } from './testing/snippets.mjs';

const event = (name) => operation('post', `{ x-audit: ${name} }`);
const found = await lintSnippets('audit-event-name', {
  plain: event('app.created'),
  long: event('organization_key.secret_rotated'),
  irregular: event('invitation.sent'),
  none: event('false'),
  present: event('app.create'),
  noResource: event('created'),
  camel: event('apiKey.created'),
});

it('accepts resource.verb_past, regular or not, and the statement that there is none', () => {
  for (const name of ['plain', 'long', 'irregular', 'none']) expect(found[name]).toEqual([]);
});

it('refuses the present tense, a missing resource and another case', () => {
  expect(found.present).toEqual([
    '#/paths/~1v1~1things/post/x-audit: x-audit "app.create" must be resource.verb_past, such as app.created.',
  ]);
  for (const name of ['noResource', 'camel']) expect(found[name]).toHaveLength(1);
});
