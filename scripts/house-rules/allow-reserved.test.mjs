import { expect, it } from 'vitest';
import { lintSnippets } from './testing/lint-snippets.mjs';
import { query, schemas } from './testing/snippets.mjs';

const found = await lintSnippets('allow-reserved', {
  allowed: query('name: since, allowReserved: true, schema: { type: string, format: date-time }'),
  pattern: query("name: cursor, schema: { type: string, pattern: '^[a-z]+$' }"),
  uuid: query('name: app_id, schema: { type: string, format: uuid }'),
  number: query('name: limit, schema: { type: integer }'),
  enumByReference: `${query("name: state, schema: { $ref: '#/components/schemas/State' }")}\n${schemas('{ State: { type: string, enum: [on] } }')}`,
  instant: query('name: since, schema: { type: string, format: date-time }'),
  search: query('name: search, schema: { type: string }'),
  list: query('name: sort, schema: { type: array, items: { type: string } }'),
});

it('accepts free text that allows reserved characters, and values that cannot hold any', () => {
  for (const name of ['allowed', 'pattern', 'uuid', 'number', 'enumByReference']) expect(found[name]).toEqual([]);
});

it('refuses instants, searches and lists of text that would be 400 unless escaped', () => {
  for (const name of ['instant', 'search', 'list']) expect(found[name]).toEqual([expect.stringContaining('needs allowReserved: true')]);
});
