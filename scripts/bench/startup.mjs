/**
 * What a start on an existing database costs: CPU of the process, threads included, and time until the first answer of an operation that reads
 * the database, and until it is ready; memory then. Starts the process as `npm start` does, once per engine and round, and asks until it
 * answers. `node scripts/bench/startup.mjs [rounds]` prints the figures.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { env, execPath } from 'node:process';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { isMain } from '../is-main.mjs';
import { spread } from './compare.mjs';
import { freePort, startPostgresql } from './database.mjs';
import { cpuSeconds, rssBytes } from './process-usage.mjs';
import { encryptionKey, seed } from './seed.mjs';

const main = fileURLToPath(new URL('../../apps/api/dist/main.js', import.meta.url));
const attemptEveryMs = 2;
const limitMs = 60_000;

/** So many starts, one after the other, each measured as below. */
export async function measureStarts(variables, seeded, rounds) {
  const starts = [];
  for (let round = 0; round < rounds; round++) {
    starts.push(await measureStart({ ENCRYPTION_KEY: encryptionKey.toString('base64'), ...variables }, seeded));
    process.stdout.write(` ${starts.at(-1).first.cpuMs.toFixed(0)}`);
  }
  return starts;
}

export function median(values) {
  return spread(values).median;
}

/** One start: CPU and wall time to the first answer and to readiness, and memory when ready. */
async function measureStart(variables, { organizationKey, appIds }) {
  const port = await freePort();
  const startedAt = performance.now();
  const child = spawn(execPath, [main], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { PATH: env.PATH, NODE_ENV: 'production', HOST: '127.0.0.1', LOG_LEVEL: 'warn', PORT: String(port), ...variables },
  });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const reach = async (path, headers) => {
    while ((await statusOf(port, path, headers)) !== 200) {
      if (child.exitCode !== null || performance.now() - startedAt > limitMs) throw new Error(`the server did not answer ${path}`);
      await wait(attemptEveryMs);
    }
    return { cpuMs: cpuSeconds(child.pid) * 1000, wallMs: performance.now() - startedAt };
  };
  try {
    const first = await reach(`/v1/apps/${appIds[0]}`, { 'X-API-Key': organizationKey });
    const ready = await reach('/health/ready', {});
    return { first, ready, rssMib: rssBytes(child.pid) / 2 ** 20 };
  } finally {
    child.kill('SIGTERM');
    await ended;
  }
}

function statusOf(port, path, headers) {
  return new Promise((resolve) => {
    request({ host: '127.0.0.1', port, path, headers, agent: false }, (response) => {
      response.resume().once('end', () => resolve(response.statusCode));
    })
      .once('error', () => resolve(undefined))
      .end();
  });
}

if (isMain(import.meta.url)) {
  const rounds = Number(process.argv[2] ?? 7);
  const postgresql = await startPostgresql();
  const folder = mkdtempSync(join(tmpdir(), 'appstead-start-'));
  try {
    for (const [engine, variables, options] of [
      ['PostgreSQL', { DATABASE_URL: postgresql.url }, { databaseUrl: postgresql.url }],
      ['PGlite', { DATA_DIR: folder }, { dataDir: `${folder}/database` }],
    ]) {
      const seeded = await seed(options, 100);
      const starts = await measureStarts(variables, seeded, rounds);
      console.log();
      for (const [name, of] of [
        ['CPU to the first answer, ms', ({ first }) => first.cpuMs],
        ['time to the first answer, ms', ({ first }) => first.wallMs],
        ['CPU to ready, ms', ({ ready }) => ready.cpuMs],
        ['time to ready, ms', ({ ready }) => ready.wallMs],
        ['resident memory when ready, MiB', ({ rssMib }) => rssMib],
      ]) {
        const { median, min, max } = spread(starts.map(of));
        console.log(`${engine}: ${name}: median ${median.toFixed(0)}, least ${min.toFixed(0)}, most ${max.toFixed(0)}`);
      }
    }
  } finally {
    postgresql.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
