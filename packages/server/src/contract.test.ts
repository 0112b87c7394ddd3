import { runContractTests } from '@appstead/contract-test';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { contractTarget } from './testing/contract-target.ts';
import { putPeopleIntoEveryApp } from './testing/people-in-every-app.ts';
import { type Harness, startServer } from './testing/server-harness.ts';

let server: Harness;
beforeAll(async () => {
  server = await startServer();
  await putPeopleIntoEveryApp(server.admin);
});
afterAll(() => server.close());

it('answers every operation as the contract says, whoever calls and whatever is sent', { timeout: 300_000 }, async () => {
  const report = await runContractTests(contractTarget(server), { print: (line: string) => console.log(line) });
  expect(report.failures).toEqual([]);
  // Our server can be brought to everything, so nothing may stay unchecked; but for lists that no operation of their own fills (members,
  // messages, notifications), which the tests of their features walk.
  expect(report.open.filter(({ check }) => check !== 'pagination')).toEqual([]);
});
