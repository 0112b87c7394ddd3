/**
 * Runs short reads on shared connections, transactions and failures of every kind side by side while connections are killed, and looks for an
 * answer that belongs to another statement, for memory and for connections that are not given back.
 * `BENCH_DATABASE_URL=… node --expose-gc scripts/bench/soak.mjs [seconds]`, on a database of its own.
 */
import { randomUUID } from 'node:crypto';
import { argv } from 'node:process';
import { setTimeout as wait } from 'node:timers/promises';
import { DatabaseUnavailable, openDatabase, tenantSelect } from '@appstead/database';
import pg from 'pg';
import { find } from '../../packages/server/dist/features/apps/app-store.js';
import { startPostgresql } from './database.mjs';
import { seed } from './seed.mjs';

const seconds = Number(argv[2] ?? 300);
const poolSize = 6;
const counts = {};
const count = (what) => {
  counts[what] = (counts[what] ?? 0) + 1;
};

const postgresql = await startPostgresql();
const { organizationId, appIds } = await seed({ databaseUrl: postgresql.url }, 200);
const db = await openDatabase({ databaseUrl: postgresql.url, poolSize, statementTimeoutMs: 300 });
const admin = new pg.Client({ connectionString: postgresql.url, application_name: 'soak' });
await admin.connect();
const endAt = performance.now() + seconds * 1000;

/** Repeats a step until the time is over; the only failure it may have besides those it expects is that the database was away. */
async function repeat(workers, what, step) {
  const work = async () => {
    while (performance.now() < endAt) {
      try {
        await step();
        count(what);
      } catch (error) {
        if (!(error instanceof DatabaseUnavailable)) throw new Error(`${what}: ${error.message}`, { cause: error });
        count(`${what}: unavailable`);
        await wait(1);
      }
    }
  };
  await Promise.all(Array.from({ length: workers }, work));
}

async function expectCode(code, work) {
  try {
    await work();
  } catch (error) {
    if (error.code === code || error instanceof DatabaseUnavailable) return;
    throw error;
  }
  throw new Error(`${code} was expected`);
}

function same(found, wanted) {
  if (found !== wanted) throw new Error(`WRONG ANSWER: ${found} instead of ${wanted}`);
}

const echo = (token, quick) => ({
  name: quick ? 'soak_echo' : 'soak_echo_alone',
  text: 'SELECT $1::text AS token',
  values: [token],
  ...(quick ? { quick } : {}),
});

const steps = [
  repeat(16, 'app by its id', async () => {
    const id = appIds[Math.floor(Math.random() * appIds.length)];
    same((await find(db, organizationId, id))?.id, id);
  }),
  repeat(8, 'echo, shared', async () => {
    const token = randomUUID();
    same((await db.query(echo(token, true))).rows[0].token, token);
  }),
  repeat(4, 'echo, alone', async () => {
    const token = randomUUID();
    same((await db.query(echo(token, false))).rows[0].token, token);
  }),
  repeat(4, 'another tenant sees nothing', async () => {
    const other = randomUUID();
    const text = 'SELECT tenant.id::text AS id, (SELECT count(*) FROM apps) AS apps';
    const [row] = (await db.query(tenantSelect(other, { name: 'soak_tenant', text, quick: true }))).rows;
    same(`${row.id} ${row.apps}`, `${other} 0`);
  }),
  repeat(2, 'bad value, shared', () =>
    expectCode('22P02', () => db.query({ name: 'soak_bad', text: 'SELECT $1::text::int AS n', values: [randomUUID()], quick: true })),
  ),
  repeat(1, 'statement that cannot be prepared, shared', () =>
    expectCode('42P01', () => db.query({ name: `soak_none_${Math.random() < 0.5}`, text: 'SELECT * FROM nowhere', quick: true })),
  ),
  repeat(1, 'over the time limit, shared', async () => {
    await expectCode('57014', () => db.query({ name: 'soak_slow', text: 'SELECT pg_sleep(2)', quick: true }));
    await wait(500);
  }),
  repeat(3, 'transaction', () =>
    db.transact(organizationId, async (tx) => {
      const token = randomUUID();
      same((await tx.query(echo(token, false))).rows[0].token, token);
      const [a, b] = await Promise.all([tx.query(echo(`${token}a`, false)), tx.query(echo(`${token}b`, false))]);
      same(`${a.rows[0].token} ${b.rows[0].token}`, `${token}a ${token}b`);
    }),
  ),
  repeat(2, 'transaction that fails', () =>
    expectCode('22P02', () => db.transact(organizationId, (tx) => tx.query({ text: 'SELECT $1::text::int', values: ['x'] }))),
  ),
  kill(),
  watch(),
];

/** Ends a connection of the application, or all of them, every now and then. */
async function kill() {
  while (performance.now() < endAt) {
    await wait(500 + Math.random() * 2_000);
    const limit = Math.random() < 0.2 ? 100 : 1;
    const { rowCount } = await admin.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'appstead' AND datname = current_database() ORDER BY random() LIMIT ${limit}`,
    );
    for (let n = 0; n < rowCount; n++) count('connections killed');
  }
}

async function watch() {
  while (performance.now() < endAt) {
    await wait(Math.min(10_000, Math.max(0, endAt - performance.now())));
    globalThis.gc?.();
    const { rows } = await admin.query(
      `SELECT count(*)::int AS open FROM pg_stat_activity WHERE application_name = 'appstead' AND datname = current_database()`,
    );
    if (rows[0].open > poolSize) throw new Error(`${rows[0].open} connections are open, ${poolSize} are allowed`);
    const { heapUsed, rss } = process.memoryUsage();
    console.log(`heap ${(heapUsed / 2 ** 20).toFixed(1)} MiB, resident ${(rss / 2 ** 20).toFixed(0)} MiB, connections ${rows[0].open}`);
  }
}

await Promise.all(steps);
console.log(counts);
await db.close();
const left = await admin.query(
  `SELECT count(*)::int AS open FROM pg_stat_activity WHERE application_name = 'appstead' AND datname = current_database()`,
);
console.log(`connections left after closing: ${left.rows[0].open}`);
await admin.end();
postgresql.stop();
