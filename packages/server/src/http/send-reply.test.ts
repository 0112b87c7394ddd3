import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { call } from '../testing/call.ts';
import { requestHead, sendRaw } from '../testing/raw-request.ts';
import { type Harness, startServer } from '../testing/server-harness.ts';

let server: Harness;
let key: string;
beforeAll(async () => {
  server = await startServer();
  key = (await server.newOrganization()).organizationKey;
});
afterAll(() => server.close());

const kept = { Connection: 'keep-alive' };

it('answers requests of one connection whole and in their order, also those that are done before the ones ahead of them', async () => {
  for (const name of ['One — first', 'Two']) await call(server.url, '/v1/apps', { method: 'POST', key, body: { name } });
  const read = { 'X-API-Key': key, ...kept };
  const ids = Array.from({ length: 5 }, () => randomUUID());
  const answers = await sendRaw(
    server.port,
    [
      requestHead('GET /v1/apps', { ...read, 'X-Request-Id': ids[0] as string }),
      requestHead('GET /health/live', { ...kept, 'X-Request-Id': ids[1] as string }),
      requestHead('GET /nothing', { ...kept, 'X-Request-Id': ids[2] as string }),
      requestHead('GET /v1/apps?limit=1', { ...read, 'X-Request-Id': ids[3] as string }),
      requestHead('GET /health/live', { 'X-Request-Id': ids[4] as string }),
    ].join(''),
  );
  expect(answers.map(({ headers }) => headers.get('X-Request-Id'))).toEqual(ids);
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 404, 200, 200]);
  expect(answers[0]?.body).toMatchObject({ apps: [{ name: 'Two' }, { name: 'One — first' }] });
  expect(answers[3]?.body).toMatchObject({ apps: [{}] });
});
