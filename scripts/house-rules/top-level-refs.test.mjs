import { expect, it } from 'vitest';
import { lintSnippets } from './testing/lint-snippets.mjs';
import { schemas } from './testing/snippets.mjs';

const to = (target) =>
  schemas(
    `{ Id: { type: string }, Other: { properties: { id: { type: string } } }, Thing: { properties: { id: { $ref: '${target}' } } } }`,
  );
const found = await lintSnippets('top-level-refs', {
  component: to('#/components/schemas/Id'),
  below: to('#/components/schemas/Other/properties/id'),
  definitions: to('#/components/schemas/Thing/$defs/Id'),
  file: to('0.yaml#/components/schemas/Id'), // the file of the first snippet: a reference that Redocly can follow
});

it('accepts a reference to a component', () => expect(found.component).toEqual([]));

it('refuses a reference below a component, which would make every request a 500', () => {
  expect(found.below).toHaveLength(1);
  expect(found.definitions).toEqual([expect.stringContaining('must be a reference to a component')]);
});

it('refuses a reference out of the file, which is parsed and not bundled', () => expect(found.file).toHaveLength(1));
