import { expect, it } from 'vitest';
import { lintSnippets } from './testing/lint-snippets.mjs';
import { operation } from './testing/snippets.mjs';

const found = await lintSnippets('audit-where-written', {
  write: operation('patch', '{ x-audit: thing.updated }'),
  read: operation('get', '{ summary: Show a thing }'),
  computation: operation('post', '{ x-audit: false }'),
  silentWrite: operation('post', '{ summary: Create a thing }'),
  auditedRead: operation('get', '{ x-audit: thing.read }'),
  unauditedDelete: operation('delete', '{ x-audit: false }'),
  webhook: 'webhooks: { thingCreated: { post: { summary: A thing was created } } }',
});

it('accepts a write with its event, a read without one, and a POST that says it writes nothing the trail is for', () => {
  for (const name of ['write', 'read', 'computation']) expect(found[name]).toEqual([]);
});

it('refuses a write that leaves no entry and a read that would', () => {
  expect(found.silentWrite).toEqual([
    '#/paths/~1v1~1things/post: This POST must name its audit event in x-audit, or say x-audit: false when it writes nothing that the trail is for.',
  ]);
  expect(found.auditedRead).toEqual(['#/paths/~1v1~1things/get: A GET changes nothing and has no x-audit.']);
});

it('refuses a DELETE that claims to write nothing the trail is for', () => {
  expect(found.unauditedDelete).toEqual(['#/paths/~1v1~1things/delete: Only a POST can be without an audit event; a DELETE writes.']);
});

it('leaves alone what Appstead sends to others', () => expect(found.webhook).toEqual([]));
