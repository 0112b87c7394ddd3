import { expect, it } from 'vitest';
import { lintSnippets } from './testing/lint-snippets.mjs';
import { schemas } from './testing/snippets.mjs';

const tuple = (rest) => schemas(`{ Pair: { type: array, prefixItems: [{ type: string }, { type: string }]${rest} } }`);
const found = await lintSnippets('tuple-closed', {
  closed: tuple(', minItems: 2, items: false'),
  open: tuple(''),
  short: tuple(', minItems: 1, items: false'),
});

it('accepts a tuple that states its length', () => expect(found.closed).toEqual([]));

it("refuses one that the validator's strict mode would refuse at run time", () => {
  expect(found.open).toEqual(['#/components/schemas/Pair: A tuple of 2 needs minItems: 2 and items: false.']);
  expect(found.short).toHaveLength(1);
});
