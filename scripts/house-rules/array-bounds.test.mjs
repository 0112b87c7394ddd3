import { expect, it } from 'vitest';
import { lintSnippets } from './testing/lint-snippets.mjs';
import { answer, requestBody } from './testing/snippets.mjs';

const found = await lintSnippets('array-bounds', {
  bounded: requestBody('{ type: array, maxItems: 3 }'),
  tuple: requestBody('{ type: array, prefixItems: [{}], minItems: 1, items: false }'),
  answer: answer('{ schema: { type: array } }'),
  open: requestBody('{ type: array, items: { type: boolean } }'),
});

it('accepts a maxItems, a closed tuple, and any list in an answer', () => {
  for (const name of ['bounded', 'tuple', 'answer']) expect(found[name]).toEqual([]);
});

it('refuses a list of any length', () => expect(found.open).toEqual([expect.stringContaining('A list in a request needs a maxItems.')]));
