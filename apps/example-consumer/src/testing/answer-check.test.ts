import { describe, expect, it } from 'vitest';
import { checkAnswer } from './answer-check.ts';
import { exampleApp, exampleProblem } from './mock-appstead.ts';

const meta = { has_more: false, cursor: null };
const appPath = '/v1/apps/01939f5c-9b20-7d66-8b2a-74d9e2f30415';

function asProblem(body: object, status: number): Response {
  return Response.json(body, { status, headers: { 'Content-Type': 'application/problem+json' } });
}

describe('checkAnswer', () => {
  it('passes what the contract allows', async () => {
    expect(await checkAnswer('GET', '/v1/apps', Response.json({ success: true, apps: [exampleApp()], meta }))).toEqual([]);
    expect(await checkAnswer('GET', appPath, Response.json({ success: true, app: exampleApp() }))).toEqual([]);
    expect(await checkAnswer('GET', appPath, asProblem(exampleProblem('NotFound'), 404))).toEqual([]);
    expect(await checkAnswer('GET', '/metrics', new Response('up 1', { headers: { 'Content-Type': 'text/plain' } }))).toEqual([]);
  });

  it.each([
    ['a field that is missing', Response.json({ success: true, app: {} }), /body\/app must have required property 'id'/],
    [
      'a value of no such format',
      Response.json({ success: true, app: exampleApp({ id: '17' }) }),
      /body\/app\/id must match format "uuid"/,
    ],
    ['a status nobody declared', Response.json({}, { status: 418 }), /undeclared status/],
    ['another media type', Response.json(exampleProblem('NotFound'), { status: 404 }), /undeclared media type "application\/json"/],
    [
      'a code that does not exist',
      asProblem({ ...exampleProblem('NotFound'), code: 'gone_fishing' }, 404),
      /body\/code must be equal to one of/,
    ],
  ])('refuses %s', async (_, response, message) => {
    expect((await checkAnswer('GET', appPath, response)).join('\n')).toMatch(message);
  });

  it('refuses an operation that does not exist', async () => {
    expect(await checkAnswer('PUT', '/v1/apps', Response.json({}))).toEqual(['PUT /v1/apps 200: no such operation']);
  });
});
