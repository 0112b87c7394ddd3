import { afterEach, describe, expect, it } from 'vitest';
import { type Report, renderReport, runContractTests } from './index.ts';
import { type Defect, defects } from './testing/defects.ts';
import { fakeContract } from './testing/fake-contract.ts';
import { type FakeServer, startFakeServer } from './testing/fake-server.ts';
import { fakeTarget } from './testing/fake-target.ts';

const seed = 20_261_121;
let server: FakeServer | undefined;
afterEach(() => server?.close());

async function runOn(broken: Defect[], checks?: string[]): Promise<Report> {
  server = await startFakeServer(broken);
  return runContractTests(fakeTarget(server), { contract: fakeContract(), seed, runs: 30, checks });
}

describe('a server that keeps its contract', () => {
  it(`passes every check, with every declared status answered (seed ${seed})`, async () => {
    const report = await runOn([]);
    expect(report.failures).toEqual([]);
    expect(report.open).toEqual([]);
    expect(report.coverage.flatMap(({ statuses }) => Object.values(statuses)).filter((times) => times === 0)).toEqual([]);
    expect(report.checks.map(({ name, passed }) => [name, passed > 0])).toEqual(report.checks.map(({ name }) => [name, true]));
    expect(renderReport(report)).toMatch(/\n\d+ passed, 0 failed$/);
  });
});

describe('a server with one defect', () => {
  it.each(Object.entries(defects) as [Defect, string][])(`%s is noticed by the check "%s" (seed ${seed})`, async (defect, check) => {
    // These two judge what the other checks have sent.
    const needed = check === 'coverage' || check === 'answers' ? ['examples', check] : [check];
    const report = await runOn([defect], needed);
    const found = report.open.filter((each) => each.check === check && each.outcome === 'failed');
    expect(found.map(({ message }) => message)).not.toEqual([]);
  });
});
