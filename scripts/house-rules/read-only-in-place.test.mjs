import { expect, it } from 'vitest';
import { lintSnippets } from './testing/lint-snippets.mjs';
import { schemas } from './testing/snippets.mjs';

const found = await lintSnippets('read-only-in-place', {
  plain: schemas('{ Thing: { properties: { id: { type: string, readOnly: true } } } }'),
  component: schemas('{ Id: { type: string, readOnly: true } }'),
  besideReference: schemas("{ Id: { type: string }, Thing: { properties: { id: { $ref: '#/components/schemas/Id', readOnly: true } } } }"),
  besideAllOf: schemas('{ Thing: { allOf: [{ type: object }], properties: { secret: { type: string, writeOnly: true } } } }'),
});

it('accepts the mark at a plain property', () => expect(found.plain).toEqual([]));

it('refuses it where the validator does not look', () => {
  expect(found.component).toEqual(['#/components/schemas/Id/readOnly: Put readOnly at the property, not at the component.']);
  expect(found.besideReference).toEqual([
    '#/components/schemas/Thing/properties/id/readOnly: The validator does not see readOnly beside a $ref.',
  ]);
  expect(found.besideAllOf).toEqual([expect.stringContaining('does not see writeOnly beside allOf, oneOf or anyOf')]);
});
