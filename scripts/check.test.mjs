import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { checks } from './checks.mjs';
import { runChecks } from './run-checks.mjs';

const script = fileURLToPath(new URL('./check.mjs', import.meta.url));
const check = (...names) => promisify(execFile)(process.execPath, [script, ...names]);
const ending = (name, code) => ({ name, about: `ends with ${code}`, command: `node -e console.log('said');process.exit(${code})` });

it('goes through all checks, names those that failed and shows what they printed', async () => {
  const written = [];
  const failed = await runChecks([ending('first', 1), ending('second', 0), ending('third', 2)], (text) => written.push(text));
  expect(failed).toEqual(['first', 'third']);
  expect(written.join('')).toMatch(/first .* FAILED [\d.]+ s\n\n {4}said\n\nsecond .* ok [\d.]+ s\nthird .* FAILED/);
});

it('runs only the checks it is asked for', async () => {
  const { stdout } = await check('operations');
  expect(stdout).toMatch(/^operations .* ok [\d.]+ s \(\d+ operations\)\n\nchecks: 1 passed, 0 failed\n$/);
});

it('refuses a check that does not exist, instead of passing with none', async () => {
  await expect(check('lnit')).rejects.toMatchObject({ code: 2, stderr: expect.stringContaining('There is no check lnit') });
});

it('has a name for each check once', () => {
  const names = checks.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
});
