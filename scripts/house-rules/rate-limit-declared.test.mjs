import { expect, it } from 'vitest';
import { lintSnippets } from './testing/lint-snippets.mjs';
import { operation } from './testing/snippets.mjs';

const limit = '{ policy: sign-in, by: address, limit: 30, window_seconds: 300 }';
const headers = 'headers: { RateLimit: {}, RateLimit-Policy: {} }';
const limited = (rule, answer) =>
  operation(
    'post',
    `{ x-rate-limit: ${rule}, responses: { '200': { description: Fine, ${answer} }, '429': { description: Wait, ${headers} } } }`,
  );
const found = await lintSnippets('rate-limit-declared', {
  complete: limited(limit, headers),
  unlimited: operation('post', "{ responses: { '200': { description: Fine } } }"),
  silentAnswer: limited(limit, 'headers: { RateLimit: {} }'),
  incomplete: limited('{ policy: sign-in, by: moon, limit: 0 }', headers),
});

it('accepts a complete limit whose answers tell what is left, and no limit', () => {
  expect(found.complete).toEqual([]);
  expect(found.unlimited).toEqual([]);
});

it('refuses an answer that does not tell the limit', () => {
  expect(found.silentAnswer).toEqual(['#/paths/~1v1~1things/post/responses/200: The answer 200 needs the header RateLimit-Policy.']);
});

it('refuses a limit that cannot be applied', () =>
  expect(found.incomplete).toEqual([expect.stringContaining('x-rate-limit needs policy')]));
