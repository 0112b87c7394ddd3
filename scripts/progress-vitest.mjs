import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { root } from './progress.mjs';

/**
 * Counts what vitest's JSON reporter wrote. A test that was skipped did not pass, so it counts as a failure; so does a file that could not be
 * loaded, and a run that failed for a reason that belongs to no test.
 *
 * @param {string} file of `--outputFile.json`
 * @param {number} code the exit code of vitest
 * @returns {{ passed: number, failures: string[] }}
 */
export function summarizeVitest(file, code) {
  let report;
  try {
    report = JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return { passed: 0, failures: ['vitest, which wrote no report'] };
  }
  const failures = report.testResults.flatMap(({ name, status, assertionResults }) => {
    const path = relative(root, name);
    const failed = assertionResults.filter((test) => test.status !== 'passed').map((test) => `${path}: ${test.fullName} (${test.status})`);
    return failed.length === 0 && status === 'failed' ? [`${path}, which could not be run`] : failed;
  });
  const ran = report.testResults.flatMap(({ assertionResults }) => assertionResults);
  const passed = ran.filter(({ status }) => status === 'passed').length;
  if (passed === 0 && failures.length === 0) failures.push('vitest, which ran no test');
  if (code !== 0 && failures.length === 0) failures.push('vitest, with an error outside every test');
  return { passed, failures };
}
