import { describe, expect, it } from 'vitest';
import type { Exchange } from './answer.ts';
import type { Operation } from './contract.ts';
import { type Context, evaluate } from './expression.ts';

const context: Context = {
  plan: {
    operation: {} as Operation,
    path: { app_id: 'a1' },
    query: { limit: 5 },
    headers: { 'if-match': '"3"' },
    body: { email: 'ada@example.com' },
  },
  exchange: {
    status: 201,
    method: 'POST',
    headers: { etag: '"4"' },
    body: { app: { id: 'a2', 'a/b': [{ deep: true }] } },
  } as unknown as Exchange,
};

describe('a runtime expression', () => {
  it.each([
    ['$response.body#/app/id', 'a2'],
    ['$response.body#/app/a~1b/0/deep', true],
    ['$response.header.ETag', '"4"'],
    ['$request.path.app_id', 'a1'],
    ['$request.query.limit', 5],
    ['$request.header.If-Match', '"3"'],
    ['$request.body#/email', 'ada@example.com'],
    ['$statusCode', 201],
    ['$method', 'POST'],
    ['{$response.body#/app/id}', 'a2'],
    ['app {$response.body#/app/id} of {$request.body#/email}', 'app a2 of ada@example.com'],
    ['no expression', 'no expression'],
    ['$response.body#/nowhere/at/all', undefined],
  ])('%s gives %o', (expression, value) => {
    expect(evaluate(expression, context)).toEqual(value);
  });

  it('is replaced anywhere inside of a literal body', () => {
    expect(evaluate({ list: ['{$request.path.app_id}', 1], deep: { email: '$request.body#/email' } }, context)).toEqual({
      list: ['a1', 1],
      deep: { email: 'ada@example.com' },
    });
  });

  it('that is not of the specification is an error, not a text', () => {
    expect(() => evaluate('$response.app.id', context)).toThrow('not understood');
  });
});
