/**
 * `npm run prove:ingestion`: sends a million random events through a real server, on the embedded database and on PostgreSQL, counts them
 * beside it in memory, and compares everything that was stored. `--events 50000` sends fewer, `--seed 7` others, `--only pglite` to one.
 * PostgreSQL is the empty database that DATABASE_URL names, or a server of its own. Ends with 1 when anything differs.
 */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { env as variables } from 'node:process';
import { parseArgs } from 'node:util';
import { startPostgresql } from './bench/database.mjs';
import { Expected, generateBatches, randomNumbers } from './prove-ingestion/generate-events.mjs';
import { readStored } from './prove-ingestion/read-stored.mjs';
import { sendBatches } from './prove-ingestion/send-batches.mjs';
import { startServer } from './prove-ingestion/server-process.mjs';

const { values } = parseArgs({
  options: { events: { type: 'string', default: '1000000' }, seed: { type: 'string' }, only: { type: 'string' } },
});
const total = Number(values.events);
const seed = Number(values.seed ?? Date.now() % 2 ** 31);
const appCount = 5;
const clients = 16;

console.log(`${total} events of ${appCount} apps by ${clients} clients, --seed ${seed}`);
const results = [];
if (values.only !== 'postgresql') results.push(await onEmbedded());
if (values.only !== 'pglite') results.push(await onPostgresql());
console.log(`\n${table(results)}`);
const differences = results.flatMap(({ engine, found }) => found.map((difference) => `${engine}: ${difference}`));
console.log(differences.length === 0 ? '\nEverything that was sent is stored and counted once.' : `\n${differences.join('\n')}`);
process.exitCode = differences.length === 0 ? 0 : 1;

async function onEmbedded() {
  const folder = mkdtempSync(join(tmpdir(), 'appstead-prove-'));
  try {
    return await prove('pglite', { DATA_DIR: folder }, { dataDir: `${folder}/database` });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function onPostgresql() {
  const given = variables.DATABASE_URL;
  const server = given ? { url: given, stop: () => undefined } : await startPostgresql();
  try {
    const env = { DATABASE_URL: server.url, ENCRYPTION_KEY: randomBytes(32).toString('base64') };
    return await prove('postgresql', env, { databaseUrl: server.url });
  } finally {
    server.stop();
  }
}

async function prove(engine, env, database) {
  const server = await startServer(env);
  const account = { organization_name: 'Proof', name: 'Ada', email: `ada-${seed}@example.com`, password: randomBytes(12).toString('hex') };
  const { organization, organization_key: key } = await call(server.url, '/v1/auth/signup', undefined, account);
  const apps = [];
  for (let n = 0; n < appCount; n++) apps.push((await call(server.url, '/v1/apps', key, { name: `App ${n}` })).app);
  const expected = apps.map(() => new Expected());
  const random = randomNumbers(seed);
  const batches = generateBatches({ random, total, expected, nowMs: Date.now() });
  const run = await sendBatches({
    url: server.url,
    keys: apps.map(({ api_key }) => api_key),
    batches,
    clients,
    random: randomNumbers(seed + 1),
    total,
  });
  const cached = [];
  for (const { id } of apps) cached.push((await call(server.url, `/v1/apps/${id}/stats/refresh`, key, undefined, 'POST')).app);
  const peakMebibytes = server.peakMebibytes();
  await server.stop();
  const stored = await readStored(
    database,
    organization.id,
    apps.map(({ id }) => id),
  );
  const found = apps.flatMap((app, n) => [
    ...compare(app.name, expected[n].digests(), stored[n]),
    ...compare(
      app.name,
      { cached_event_count: expected[n].events.count, cached_user_count: expected[n].people.size, cached_last_event: lastOf(expected[n]) },
      cached[n],
    ),
  ]);
  const people = expected.reduce((sum, app) => sum + app.people.size, 0);
  const kinds = expected.reduce((sum, app) => sum + app.kinds.size, 0);
  return { engine, ...run, people, kinds, peakMebibytes, found };
}

function compare(app, expected, actual) {
  return Object.entries(expected)
    .filter(([what, value]) => actual[what] !== value)
    .map(([what, value]) => `${app}: ${what} must be ${value}, and is ${actual[what]}`);
}

function lastOf({ lastMs }) {
  return lastMs === 0 ? null : new Date(lastMs).toISOString();
}

async function call(url, path, key, body, method = 'POST') {
  const response = await fetch(`${url}${path}`, {
    method,
    headers: { ...(key ? { 'X-API-Key': key } : {}), ...(body ? { 'Content-Type': 'application/json' } : {}) },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  if (!response.ok) throw new Error(`${path} was answered with ${response.status}: ${await response.text()}`);
  return response.json();
}

function table(rows) {
  const head = [
    'engine',
    'events/s',
    'first tenth',
    'last tenth',
    'seconds',
    'requests',
    '503',
    'people',
    'counters',
    'peak MiB',
    'differences',
  ];
  const cells = rows.map((row) => [
    ...[row.engine, Math.round(total / row.seconds), row.rates[0], row.rates.at(-1), Math.round(row.seconds), row.requests, row.busy],
    ...[row.people, row.kinds, row.peakMebibytes, row.found.length],
  ]);
  const lines = [head, ...cells].map((line) => line.map(String));
  const widths = head.map((_, column) => Math.max(...lines.map((line) => line[column].length)));
  return lines.map((line) => line.map((cell, column) => cell.padStart(widths[column])).join('  ')).join('\n');
}
