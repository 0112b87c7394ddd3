/**
 * `npm run bench`: every figure, both sides in one run, as a table and a chart in docs/benchmarks.md; about 20 minutes. `--quick` measures
 * less, writes into the folder that `--into` names or nowhere, and fails only when a figure is more than 30 % short of its goal; with `--alarm` it says so and does not fail, for machines that others use
 * too. `--only G1,G3` picks figures.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { spread } from './compare.mjs';
import { settle, startPostgresql, versionOf } from './database.mjs';
import { figures } from './figures.mjs';
import { seed } from './seed.mjs';
import { meets, writeBenchmarks } from './write-benchmarks.mjs';

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    alarm: { type: 'boolean', default: false },
    only: { type: 'string' },
    into: { type: 'string' },
  },
});
const wanted = values.only?.split(',');
const effort = values.quick
  ? { rounds: 3, otherRounds: 3, seconds: 2, warmSeconds: 1, apps: 2_000 }
  : { rounds: 7, otherRounds: 5, seconds: 3, warmSeconds: 1, apps: 10_000 };
/** Requests ask for a thousand of them; filling the embedded database with more takes minutes. */
const embeddedApps = 2_000;
const slack = values.quick ? 0.3 : 0;

const startedAt = performance.now();
const loadBefore = loadavg()[0].toFixed(2);
const postgresql = await startPostgresql();
const folder = mkdtempSync(join(tmpdir(), 'appstead-embedded-'));
try {
  console.log(`filling PostgreSQL with ${effort.apps} apps and the embedded database with ${embeddedApps}`);
  const bench = {
    ...effort,
    ...(await fill({ databaseUrl: postgresql.url, poolSize: 4 })),
    embedded: { folder, ...(await fill({ dataDir: `${folder}/database` })) },
  };
  await settle(postgresql.url);
  const results = [];
  for (const figure of figures.filter(({ id }) => wanted?.includes(id) ?? true)) {
    process.stdout.write(`${figure.id.padEnd(5)}`);
    const rows = await figure.run(bench);
    const result = { ...figure, rows, ratio: spread(rows.map(({ ratio }) => ratio)) };
    results.push(result);
    console.log(`   median ${result.ratio.median.toFixed(2)}  ${meets(result, slack)}`);
  }
  const facts = {
    ...{ database: await versionOf(postgresql.url), loadBefore, loadAfter: loadavg()[0].toFixed(2) },
    minutes: (performance.now() - startedAt) / 60_000,
  };
  if (values.into) writeBenchmarks(results, effort, facts, `${values.into}/`);
  else if (!values.quick && !wanted) writeBenchmarks(results, effort, facts);
  const missed = results.filter((result) => meets(result, slack) === 'missed').map(({ id }) => id);
  if (missed.length > 0) console.log(`${values.alarm ? 'ALARM: ' : ''}more than ${slack * 100} % short of the goal: ${missed.join(', ')}`);
  process.exitCode = missed.length > 0 && !values.alarm ? 1 : 0;
} finally {
  postgresql.stop();
  rmSync(folder, { recursive: true, force: true });
}

async function fill(database, apps = effort.apps) {
  const { appIds, ...rest } = await seed(database, apps);
  return { appIds, settings: { database, ...rest } };
}
