import { EventEmitter, once } from 'node:events';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, call, expectProblem } from '../testing/call.ts';
import { newApp } from '../testing/new-app.ts';
import type { TestOrganization } from '../testing/organization.ts';
import { type Harness, startServer } from '../testing/server-harness.ts';

let server: Harness;
let organization: TestOrganization;
let key: string;
beforeAll(async () => {
  server = await startServer();
  organization = await server.newOrganization();
  key = organization.organizationKey;
});
afterAll(() => server.close());
afterEach(() => {
  server.state.away = false;
});

const list = () => call(server.url, '/v1/apps?limit=1', { key });
const create = () => call(server.url, '/v1/apps', { key, body: { name: 'Made in an outage' } });

function expectUnavailable(answer: Answer): void {
  expectProblem(answer, 503, 'unavailable');
  expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
}

describe('while the database is away', () => {
  it('every operation that needs it answers 503 unavailable with Retry-After, and works again once it is back', async () => {
    const { id } = await newApp(server.url, key);
    const signIn = { email: organization.ownerEmail, password: 'whatever it is' };
    server.state.away = true;
    const answers = [
      await list(),
      await create(),
      await call(server.url, `/v1/apps/${id}`, { key }),
      await call(server.url, `/v1/apps/${id}`, { method: 'DELETE', key }),
      await call(server.url, '/v1/apps', { key: organization.session }),
      await call(server.url, '/v1/auth/login', { body: signIn }),
      await call(server.url, '/v1/auth/refresh', { body: { refresh_token: 'hello' } }),
      await call(server.url, '/health/ready'),
    ];
    server.state.away = false;
    for (const answer of answers) expectUnavailable(answer);
    expect((await call(server.url, `/v1/apps/${id}`, { key })).status).toBe(200);
    expect((await create()).status).toBe(201);
  });

  it('a credential that cannot be looked up is not called invalid, and works once it is back', async () => {
    const fresh = await server.newOrganization();
    server.state.away = true;
    for (const credential of [fresh.organizationKey, fresh.session]) {
      expectUnavailable(await call(server.url, '/v1/apps', { key: credential }));
    }
    server.state.away = false;
    for (const credential of [fresh.organizationKey, fresh.session]) {
      expect((await call(server.url, '/v1/apps', { key: credential })).status).toBe(200);
    }
  });
});

// Only a server has connections that can be cut.
const onServers = process.env.TEST_DATABASE_URL ? ['a success or 503, and afterwards everything works by itself'] : [];
describe('when every connection to the database is cut under requests', () => {
  it('bad requests are still told what is wrong with them', async () => {
    server.state.away = true;
    const answer = await call(server.url, '/v1/auth/nothing', { body: {} });
    expectProblem(answer, 404, 'route_not_found');
    expectProblem(await call(server.url, '/v1/apps'), 401, 'missing_credential');
  });

  it.each(onServers)('%s', async () => {
    const answers: Answer[] = [];
    const asked = new EventEmitter();
    let cutting = true;
    const keepAsking = async (ask: () => Promise<Answer>) => {
      while (cutting) {
        answers.push(await ask());
        asked.emit('answer');
      }
    };
    const asking = [list, list, create, create, () => call(server.url, '/health/ready')].map(keepAsking);
    // Reads are repeated on a new connection, so it takes a cut in the middle of a write to be seen.
    for (let cuts = 0; cuts < 20 || !answers.some(({ status }) => status === 503); cuts++) {
      const seen = answers.length;
      await cutConnections();
      while (answers.length < seen + 10) await once(asked, 'answer');
    }
    cutting = false;
    await Promise.all(asking);

    const made = answers.filter(({ status }) => status === 201);
    for (const answer of answers) if (answer.status >= 300) expectUnavailable(answer);
    expect(made.length).toBeGreaterThan(0);
    for (let n = 0; n < 20; n++) expect([(await list()).status, (await create()).status]).toEqual([200, 201]);
    expect((await call(server.url, '/health/ready')).status).toBe(200);
    // What was answered with success is there.
    for (const { body } of made) expect((await call(server.url, `/v1/apps/${body.app.id}`, { key })).status).toBe(200);
  });
});

/** Ends every session of this database but the one that says so. */
async function cutConnections(): Promise<void> {
  await server.admin.query({
    text: 'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
  });
}
