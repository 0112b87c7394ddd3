import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { env } from 'node:process';
import pg from 'pg';

/**
 * A PostgreSQL server of our own on a free port, in a temporary folder, or the one that BENCH_DATABASE_URL names.
 * @returns {Promise<{ url: string, stop: () => void }>} `url` is an empty database
 */
export async function startPostgresql() {
  const given = env.BENCH_DATABASE_URL;
  if (given) return { url: given, stop: () => undefined };
  const bin = findBinaries();
  const folder = mkdtempSync(join(tmpdir(), 'appstead-bench-'));
  chmodSync(folder, 0o777);
  const port = await freePort();
  const run = (command) => execFileSync('bash', ['-c', asServerUser(command)], { stdio: ['ignore', 'ignore', 'inherit'] });
  run(`${bin}/initdb -D ${folder}/data -A trust -U postgres`);
  run(`${bin}/pg_ctl -D ${folder}/data -o "-p ${port} -k ${folder} -c listen_addresses=127.0.0.1" -l ${folder}/log -w start`);
  let stopped = false;
  const stop = () => {
    if (stopped) return;
    stopped = true;
    run(`${bin}/pg_ctl -D ${folder}/data -m fast -w stop`);
    rmSync(folder, { recursive: true, force: true });
  };
  // Also when the run is broken off: the server is no child of ours and would stay.
  process.once('exit', stop);
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));
  return { url: `postgresql://postgres@127.0.0.1:${port}/postgres`, stop };
}

/** `PostgreSQL 15.18`, as the server names itself. */
export async function versionOf(url) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query('SHOW server_version');
  await client.end();
  return `PostgreSQL ${rows[0].server_version.split(' ')[0]}`;
}

/** Does now what the server would otherwise do by itself during the first round. */
export async function settle(url) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query('VACUUM ANALYZE');
  await client.query('CHECKPOINT');
  await client.end();
}

function findBinaries() {
  const root = '/usr/lib/postgresql';
  const versions = existsSync(root) ? readdirSync(root).sort((a, b) => Number(b) - Number(a)) : [];
  const found = versions.map((version) => `${root}/${version}/bin`).find((folder) => existsSync(`${folder}/initdb`));
  if (!found) throw new Error('The benchmarks need a PostgreSQL server: install Debian package postgresql, or set BENCH_DATABASE_URL.');
  return found;
}

// PostgreSQL refuses to run as root.
function asServerUser(command) {
  return process.getuid?.() === 0 ? `su postgres -c '${command}'` : command;
}

/** A port of 127.0.0.1 that nobody listens on at the moment. */
export function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
