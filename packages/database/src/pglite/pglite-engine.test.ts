import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openDatabase } from '../open-database.ts';
import { pgliteTestDatabase } from '../testing/pglite-test-database.ts';

it('lets the role of the application make the checkpoints that PGlite does not make by itself', async () => {
  const db = await pgliteTestDatabase();
  await db.query({ text: 'CHECKPOINT' });
  await db.close();
});

it('refuses a data folder of another major version of PostgreSQL, says so, and lets go of the folder', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'appstead-version-'));
  await mkdir(join(folder, 'pgdata'));
  await writeFile(join(folder, 'pgdata', 'PG_VERSION'), '17\n');
  for (const _attempt of [1, 2])
    await expect(openDatabase({ dataDir: folder })).rejects.toThrow(`could not open ${folder}: it was written by PostgreSQL 17`);
  await rm(folder, { recursive: true });
});

it('keeps the event loop free while a statement runs', async () => {
  const db = await pgliteTestDatabase();
  let turns = 0;
  const turning = setInterval(() => {
    turns += 1;
  }, 1);
  await db.query({ text: 'SELECT pg_sleep(0.3)' });
  clearInterval(turning);
  expect(turns).toBeGreaterThan(20);
  await db.close();
});
