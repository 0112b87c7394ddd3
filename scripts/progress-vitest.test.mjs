import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { root } from './progress.mjs';
import { summarizeVitest } from './progress-vitest.mjs';

const folder = mkdtempSync(join(tmpdir(), 'appstead-report-'));
afterAll(() => rmSync(folder, { recursive: true }));

function summaryOf(testResults, code) {
  const file = join(folder, 'report.json');
  writeFileSync(file, JSON.stringify({ testResults }));
  return summarizeVitest(file, code);
}
const testsOf = (...statuses) => ({
  name: `${root}a.test.ts`,
  status: statuses.includes('failed') ? 'failed' : 'passed',
  assertionResults: statuses.map((status, n) => ({ status, fullName: `test ${n}` })),
});

describe('the count of npm test', () => {
  it('is that of the tests that passed', () => {
    expect(summaryOf([testsOf('passed', 'passed'), testsOf('passed')], 0)).toEqual({ passed: 3, failures: [] });
  });

  it('takes a skipped test for a failure, like one that failed', () => {
    const { passed, failures } = summaryOf([testsOf('passed', 'failed', 'skipped', 'todo', 'pending')], 1);
    expect([passed, failures.length]).toEqual([1, 4]);
    expect(failures[1]).toBe('a.test.ts: test 2 (skipped)');
  });

  it('takes a file that could not be loaded for a failure', () => {
    const broken = { name: `${root}b.test.ts`, status: 'failed', assertionResults: [] };
    expect(summaryOf([testsOf('passed'), broken], 1)).toEqual({ passed: 1, failures: ['b.test.ts, which could not be run'] });
  });

  it.each([
    ['an error outside every test', [testsOf('passed')], 1],
    ['a run of no test', [], 0],
  ])('is never without a failure after %s', (_, testResults, code) => {
    expect(summaryOf(testResults, code).failures).toHaveLength(1);
  });

  it('is never without a failure when there is no report', () => {
    expect(summarizeVitest(join(folder, 'absent.json'), 0)).toEqual({ passed: 0, failures: ['vitest, which wrote no report'] });
  });
});
