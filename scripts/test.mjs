/**
 * Tests everything: `npm test`. Checks first (`npm run check`), then every test, on the embedded database or, when TEST_DATABASE_URL names a
 * PostgreSQL server whose user may create databases, on that. `npm test -- --postgresql` is the second pass of a machine that has both:
 * only the tests that use a database, on PostgreSQL. Ends in a line `N passed, N failed`, and with 1 when anything failed.
 */
import './require-node.mjs';
import { rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { argv, env, execPath } from 'node:process';
import { ensureInstalled } from './ensure-installed.mjs';
import { main, ProgramFailed, root, run, runInForeground, secondsSince, step } from './progress.mjs';
import { summarizeVitest } from './progress-vitest.mjs';

const report = 'reports/vitest.json';
// Projects without a database; what is new belongs to the second pass until it is known not to.
const withoutDatabase = ['client', 'contract', 'docs', 'scripts', 'tracker'];

await main(async () => {
  const startedAt = performance.now();
  const databaseOnly = argv.includes('--postgresql');
  if (databaseOnly && !env.TEST_DATABASE_URL)
    throw new Error('--postgresql needs TEST_DATABASE_URL: a PostgreSQL server whose user may create databases.');
  await ensureInstalled();

  const parts = databaseOnly ? [] : [await check()];
  if (databaseOnly) await step('Building', () => run(`${root}node_modules/.bin/turbo`, ['run', 'build', '--output-logs=errors-only']));
  parts.push(await test(databaseOnly ? withoutDatabase.map((project) => `--project=!${project}`) : []));

  const passed = parts.reduce((sum, part) => sum + part.passed, 0);
  const failures = parts.flatMap((part) => part.failures);
  console.log(`\n${parts.map(({ title, passed, failures }) => `${title}: ${passed} of ${passed + failures.length} passed`).join('\n')}`);
  for (const failure of failures) console.log(`  failed: ${failure}`);
  console.log(`All of it took ${secondsSince(startedAt)}.\n\n${passed} passed, ${failures.length} failed`);
  return failures.length === 0 ? 0 : 1;
});

async function check() {
  const output = await run(execPath, ['scripts/check.mjs'], { show: 'output' }).catch((error) => {
    if (error instanceof ProgramFailed) return error.output;
    throw error;
  });
  const [, passed = '0', failed = '1'] = /^checks: (\d+) passed, (\d+) failed$/m.exec(output) ?? [];
  const names = [...output.matchAll(/^(\S+) .* FAILED /gm)].map(([, name]) => `npm run check -- ${name}`);
  return { title: 'Checks', passed: Number(passed), failures: names.length === Number(failed) ? names : ['npm run check'] };
}

async function test(projects) {
  const database = env.TEST_DATABASE_URL ? 'PostgreSQL' : 'the embedded database';
  console.log(`\nTests on ${database}`);
  rmSync(`${root}${report}`, { force: true });
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  // Vitest leaves a core to whoever sits at the machine; on two cores that is half of it, and many tests wait for a process they started.
  const workers = `--maxWorkers=${Math.max(2, availableParallelism() - 1)}`;
  const code = await runInForeground(['node_modules/vitest/vitest.mjs', 'run', workers, ...reporters, ...projects], {
    // Tests that start the server as a process start what was built.
    TEST_BUILT: '1',
  });
  return { title: `Tests on ${database}`, ...summarizeVitest(`${root}${report}`, code) };
}
