import { afterEach, describe, expect, it } from 'vitest';
import { createApp, createAppsUntilGone, listApps, type Write } from './testing/calls.ts';
import { databases } from './testing/databases.ts';
import { endProcesses, startServer } from './testing/server-process.ts';

const seed = Number(process.env.TEST_SEED ?? Date.now() % 2 ** 31);
const rounds = 3;

afterEach(endProcesses);

describe.each(databases)(`kill -9 on $engine (TEST_SEED=${seed})`, ({ create }) => {
  it('loses no acknowledged app, keeps none by half, and a repeated Idempotency-Key settles every write without an answer', async () => {
    const database = await create();
    const ledger: Write[] = [];
    const inDoubt: Write[] = [];
    let random = seed;
    let server = await startServer(database.env);
    const key = server.key ?? '';
    for (let round = 0; round < rounds; round++) {
      random = (random * 48_271) % 2_147_483_647;
      const killAfter = 5 + (random % 60);
      const { url, kill, ended } = server;
      const writes = await createAppsUntilGone(url, key, 8, (answered) => {
        if (answered === killAfter) kill('SIGKILL');
      });
      expect(await ended).toEqual({ code: null, signal: 'SIGKILL' });
      // What was acknowledged is settled here, before the server can say anything again.
      ledger.push(...writes.filter(({ status }) => status === 201));
      inDoubt.push(...writes.filter(({ status }) => status === undefined));
      expect(writes.filter(({ status }) => status !== undefined && status !== 201)).toEqual([]);

      server = await startServer(database.env);
      const stored = new Map((await listApps(server.url, key)).map(({ id, name }) => [id, name]));
      const lost = ledger.filter(({ id = '', name }) => stored.get(id) !== name);
      expect(lost, `lost by round ${round}`).toEqual([]);
    }
    expect(ledger.length).toBeGreaterThanOrEqual(rounds * 5);

    for (const write of inDoubt) expect((await createApp(server.url, key, write)).status).toBe(201);
    const names = (await listApps(server.url, key)).map(({ name }) => name);
    expect(names.sort()).toEqual([...ledger, ...inDoubt].map(({ name }) => name).sort());
    server.kill('SIGTERM');
    expect(await server.ended).toEqual({ code: 0, signal: null });
    await database.remove();
  });
});
