import { type ChildProcess, fork } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DatabaseUnavailable } from '../database-errors.ts';
import { openDatabase } from '../open-database.ts';
import { tenantSelect } from '../tenant-select.ts';
import { pgliteTestDatabase } from '../testing/pglite-test-database.ts';
import { acme, insertOrganization } from '../testing/sample-rows.ts';

const writer = new URL('../testing/team-writer.ts', import.meta.url);
const seed = Number(process.env.TEST_SEED ?? Date.now() % 2 ** 31);

describe(`PGlite when something dies (TEST_SEED=${seed})`, () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'appstead-crash-'));
    const db = await openDatabase({ dataDir: folder });
    await db.transact(acme, (tx) => insertOrganization(tx, acme));
    await db.close();
  });
  afterAll(() => rm(folder, { recursive: true }));

  const teams = tenantSelect(acme, { text: 'SELECT t.name FROM teams AS t WHERE t.organization_id = tenant.id' });

  it('keeps every acknowledged row when the process is killed, and nothing of an unfinished transaction', async () => {
    const acknowledged: string[] = [];
    let random = seed;
    for (let round = 0; round < 3; round++) {
      random = (random * 48_271) % 2_147_483_647;
      const killAfter = 20 + (random % 80);
      const child = fork(writer, [folder, acme, String(round)], { execArgv: ['--import', 'tsx', '--conditions=@appstead/source'] });
      const before = acknowledged.length;
      await untilGone(child, (name) => {
        acknowledged.push(name);
        if (acknowledged.length - before === killAfter) child.kill('SIGKILL');
      });
      expect(acknowledged.length - before, `round ${round}`).toBeGreaterThanOrEqual(killAfter);
    }
    const db = await openDatabase({ dataDir: folder });
    const stored = new Set((await db.query<{ name: string }>(teams)).rows.map(({ name }) => name));
    await db.close();
    expect(acknowledged.filter((name) => !stored.has(name))).toEqual([]);
    // Each transaction writes a pair; half of one must never be seen.
    expect([...stored].filter((name) => !stored.has(name.endsWith('b') ? name.replace(/b$/, 'a') : name.replace(/a$/, 'b')))).toEqual([]);
  });

  it('ends a statement that takes too long, fails what was in flight, and goes on with everything committed', async () => {
    const db = await openDatabase({ dataDir: folder, statementTimeoutMs: 2_000 });
    const before = (await db.query(teams)).rowCount;
    const inside = db.transact(acme, (tx) => tx.query({ text: 'SELECT pg_sleep(5)' }));
    await expect(inside).rejects.toThrow(DatabaseUnavailable);
    expect((await db.query(teams)).rowCount).toBe(before);
    const { rows } = await db.query({ text: 'SELECT current_user AS role' });
    expect(rows).toEqual([{ role: 'appstead_app' }]);
    await db.close();
  });

  it('does not pretend that an in-memory database is still there after its thread ended', async () => {
    const db = await pgliteTestDatabase(200);
    await expect(db.query({ text: 'SELECT pg_sleep(5)' })).rejects.toThrow('took longer than 200 ms');
    await expect(db.ping()).rejects.toThrow('what it held is gone');
    await db.close();
  });
});

/** Resolves when the process has ended and everything it reported has been heard. */
function untilGone(child: ChildProcess, onReport: (name: string) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    child.on('message', (name) => onReport(String(name)));
    child.on('error', reject);
    child.on('close', (_code, signal) => (signal === 'SIGKILL' ? resolve() : reject(new Error('The writer ended by itself'))));
  });
}
