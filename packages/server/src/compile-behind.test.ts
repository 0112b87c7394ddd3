import { afterAll, beforeAll, expect, it } from 'vitest';
import { call, expectProblem } from './testing/call.ts';
import { type Harness, startServer } from './testing/server-harness.ts';

let settled: Harness;
let key: string;
beforeAll(async () => {
  settled = await startServer();
  key = (await settled.newOrganization()).organizationKey;
});
afterAll(() => settled.close());

it('while the validator compiles: not ready, sure requests are answered, and the others wait for the answer they would always get', async () => {
  const server = await startServer({ beside: settled, compilesBehind: true });
  let compiled = false;
  void server.server.compiled.then(() => {
    compiled = true;
  });
  const refusals = ['/v1/apps?limit=0', '/v1/apps?limit=1e2', '/v1/apps?nope=1', '/v1/apps/nope'];
  const waiting = refusals.map((path) => call(server.url, path, { key }).then((answer) => ({ answer, compiled })));

  const ready = await call(server.url, '/health/ready');
  const sure = await call(server.url, '/v1/apps?limit=10', { key });
  const live = await call(server.url, '/health/live');
  expect(compiled, 'all of this was answered before the validator was there').toBe(false);
  expectProblem(ready, 503, 'unavailable');
  expect([sure.status, live.status]).toEqual([200, 200]);

  for (const [index, one] of (await Promise.all(waiting)).entries()) {
    const path = refusals[index] as string;
    const always = await call(settled.url, path, { key });
    expect([path, one.answer.status, withoutId(one.answer.body)]).toEqual([path, always.status, withoutId(always.body)]);
    // Whether an integer is written as one is checked before the validator is asked.
    expect([path, one.compiled]).toEqual([path, !path.includes('1e2')]);
  }
  expect((await call(server.url, '/health/ready')).status).toBe(200);
  await server.close();
});

function withoutId({ request_id: _, ...rest }: Record<string, unknown>) {
  return rest;
}
