import { expect, it } from 'vitest';
import { lintSnippets } from './testing/lint-snippets.mjs';
import { operation } from './testing/snippets.mjs';

const described = (summary) => operation('get', `{ tags: [Things], summary: ${summary}, description: All of it. }`);
const snippets = {
  good: described('Show the QR code of a Google ad'),
  stop: described('Show a thing.'),
  title: described('Show A Thing'),
  small: described('show a thing'),
  bare: operation('get', '{}'),
  twoTags: operation('get', '{ tags: [A, B], summary: Show a thing, description: All of it. }'),
};
const found = await lintSnippets('operation-described', snippets, { properNouns: ['Google'] });
const messages = (name) => found[name].map((problem) => problem.replace(/^\S+ /, ''));

it('accepts a summary in sentence case with abbreviations and known names', () => expect(found.good).toEqual([]));

it('refuses a full stop, title case and a small beginning', () => {
  expect(messages('stop')).toEqual(['A summary ends without a full stop.']);
  expect(messages('title')).toEqual(['A summary is in sentence case: "Thing".']);
  expect(messages('small')).toEqual(['A summary begins with a capital letter.']);
});

it('wants exactly one tag, a summary and a description', () => {
  expect(messages('bare').sort()).toEqual([
    'An operation has a description.',
    'An operation has a summary.',
    'An operation has exactly one tag.',
  ]);
  expect(messages('twoTags')).toEqual(['An operation has exactly one tag.']);
});
