import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { call, expectProblem } from '../testing/call.ts';
import { type Harness, startServer } from '../testing/server-harness.ts';
import { staleMsMax } from './principal-cache.ts';

// Two servers over one database, as two processes behind a balancer.
let here: Harness;
let there: Harness;
beforeAll(async () => {
  here = await startServer();
  there = await startServer({ beside: here });
});
afterAll(async () => {
  await there.close();
  await here.close();
});

/** An organization whose key both servers have just accepted, so both have it in memory. */
async function warmed() {
  const organization = await here.newOrganization();
  for (const { url } of [here, there]) expect((await call(url, '/v1/apps', { key: organization.organizationKey })).status).toBe(200);
  return organization;
}

const disable = (session: string) =>
  call(here.url, '/v1/organization/api-key', { method: 'PATCH', key: session, body: { enabled: false } });

describe('revocation', () => {
  it('takes effect on the next request where it was made', async () => {
    for (let round = 0; round < 20; round++) {
      const { organizationKey: key, session } = await warmed();
      expect((await disable(session)).status).toBe(200);
      expectProblem(await call(here.url, '/v1/apps', { key }), 403, 'key_disabled');
    }
  });

  it('reaches the other process by message within moments', async () => {
    const delays: number[] = [];
    for (let round = 0; round < 30; round++) {
      const { organizationKey: key, session } = await warmed();
      await disable(session);
      const from = performance.now();
      await expect.poll(async () => (await call(there.url, '/v1/apps', { key })).status, { interval: 1, timeout: 4_000 }).toBe(403);
      delays.push(performance.now() - from);
    }
    delays.sort((a, b) => a - b);
    console.log(`refused elsewhere after ${delays[15]?.toFixed(1)} ms in the median, ${delays.at(-1)?.toFixed(1)} ms at most`);
    // Far below the bound that holds without messages, so it was the message.
    expect(delays.at(-1)).toBeLessThan(staleMsMax / 2);
  });

  it('holds within the stated bound when the message is lost', async () => {
    const { organizationKey: key, session } = await warmed();
    there.state.deaf = true;
    await disable(session);
    expect((await call(there.url, '/v1/apps', { key })).status).toBe(200);
    there.state.offsetMs = staleMsMax + 1;
    expectProblem(await call(there.url, '/v1/apps', { key }), 403, 'key_disabled');
    there.state.deaf = false;
    there.state.offsetMs = 0;
  });

  it('is not undone by a look-up that began before it', async () => {
    const { organizationKey: key, session } = await here.newOrganization();
    // Many first requests at once race the change; whatever they get, nothing may be accepted after it.
    for (let round = 0; round < 20; round++) {
      const racing = Array.from({ length: 5 }, () => call(here.url, '/v1/apps', { key }));
      await disable(session);
      await Promise.all(racing);
      expectProblem(await call(here.url, '/v1/apps', { key }), 403, 'key_disabled');
      await call(here.url, '/v1/organization/api-key', { method: 'PATCH', key: session, body: { enabled: true } });
    }
  });
});
