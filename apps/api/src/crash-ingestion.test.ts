import { afterEach, describe, expect, it } from 'vitest';
import { send } from './testing/calls.ts';
import { databases } from './testing/databases.ts';
import { type Sent, sendBatch, sendUntilGone, storedEvents } from './testing/ingest-calls.ts';
import { endProcesses, startServer } from './testing/server-process.ts';

const seed = Number(process.env.TEST_SEED ?? Date.now() % 2 ** 31);
const kills = 10;
const clients = 6;

afterEach(endProcesses);

describe.each(databases)(`kill -9 during ingestion on $engine (TEST_SEED=${seed})`, ({ create }) => {
  it('loses no acknowledged event, stores none twice, and takes again what had no answer', async () => {
    const database = await create();
    const ledger: Sent[] = [];
    const inDoubt: Sent[] = [];
    let random = seed;
    const below = (max: number) => {
      random = (random * 48_271) % 2_147_483_647;
      return random % max;
    };
    let server = await startServer(database.env);
    const { body } = await send(`${server.url}/v1/apps`, server.key, { method: 'POST', body: JSON.stringify({ name: 'Killed' }) });
    const { api_key: key, organization_id: organizationId } = body.app;
    for (let round = 0; round < kills; round++) {
      const killAfter = 1 + below(40);
      const delayMs = below(20);
      const { url, kill, ended } = server;
      const batches = await sendUntilGone(url, key, clients, (answered) => {
        if (answered === killAfter) setTimeout(() => kill('SIGKILL'), delayMs);
      });
      expect(await ended).toEqual({ code: null, signal: 'SIGKILL' });
      // What was acknowledged is settled here, before the server can say anything again.
      ledger.push(...batches.filter(({ status }) => status === 200));
      inDoubt.push(...batches.filter(({ status }) => status === undefined));
      expect(batches.filter(({ status }) => status !== undefined && status !== 200)).toEqual([]);
      server = await startServer(database.env);
    }
    expect(ledger.length).toBeGreaterThanOrEqual(kills);
    expect(ledger.every(({ ids, accepted }) => accepted === ids.length)).toBe(true);

    // Every one of them was stored, so it comes back as a duplicate; of the others nobody knows, and both is right, but never a part.
    for (const { ids } of ledger) {
      const again: Sent = { ids };
      await sendBatch(server.url, key, again);
      expect(again).toEqual({ ids, status: 200, accepted: 0, duplicates: ids.length });
    }
    for (const sent of inDoubt) {
      await sendBatch(server.url, key, sent);
      expect([0, sent.ids.length]).toContain(sent.accepted);
    }
    server.kill('SIGTERM');
    expect(await server.ended).toEqual({ code: 0, signal: null });

    const expected = [...ledger, ...inDoubt].flatMap(({ ids }) => ids).sort();
    const stored = await storedEvents(database.env, organizationId);
    expect(stored.ids.sort()).toEqual(expected);
    const all = expected.length;
    expect(stored.sums).toEqual({ ids: all, counts: all, total: all, cached: all });
    console.log(`${kills} kills: ${ledger.length} batches acknowledged, ${inDoubt.length} in doubt, ${all} events`);
    await database.remove();
  });
});
