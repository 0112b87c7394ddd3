import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { engines } from './testing/engines.ts';
import { acme } from './testing/sample-rows.ts';
import type { TestDatabase } from './testing.ts';

describe.each(engines)('listen on $engine', ({ open, engine }) => {
  let db: TestDatabase;
  beforeAll(async () => {
    db = await open();
  });
  afterAll(() => db.close());

  const notify = (channel: string, payload: string) => ({ text: 'SELECT pg_notify($1, $2)', values: [channel, payload] });

  it('delivers a message when its transaction commits, to every subscriber of the channel and to no other', async () => {
    const heard: string[] = [];
    const arrived = signal();
    const ends = await Promise.all([
      db.listen('keys', (payload) => heard.push(`first ${payload}`)),
      db.listen('keys', (payload) => {
        heard.push(`second ${payload}`);
        if (payload === 'last') arrived.raise();
      }),
      db.listen('Other "channel"', (payload) => heard.push(`other ${payload}`)),
    ]);
    await db
      .transact(acme, async (tx) => {
        await tx.query(notify('keys', 'rolled back'));
        throw new Error('no');
      })
      .catch(() => undefined);
    await db.transact(acme, (tx) => tx.query(notify('keys', 'committed')));
    await db.query(notify('Other "channel"', 'quoted'));
    await db.query(notify('keys', 'last'));
    await arrived.raised;
    expect(heard).toEqual(['first committed', 'second committed', 'other quoted', 'first last', 'second last']);
    for (const end of ends) await end();
  });

  it('is silent after its end', async () => {
    const heard: string[] = [];
    const arrived = signal();
    const end = await db.listen('ended', (payload) => heard.push(payload));
    await end();
    await end();
    const endWitness = await db.listen('witness', () => arrived.raise());
    await db.query(notify('ended', 'too late'));
    await db.query(notify('witness', ''));
    await arrived.raised;
    expect(heard).toEqual([]);
    await endWitness();
  });

  if (engine === 'postgresql')
    it('comes back after its connection broke, says so, and hears again', async () => {
      const reconnected = signal();
      const arrived = signal();
      const end = await db.listen('again', () => arrived.raise(), reconnected.raise);
      await db.admin.query({
        text: `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'`,
      });
      await reconnected.raised;
      await db.query(notify('again', ''));
      await arrived.raised;
      await end();
    });
});

function signal(): { raise: () => void; raised: Promise<void> } {
  let raise: () => void = () => undefined;
  const raised = new Promise<void>((resolve) => {
    raise = resolve;
  });
  return { raise: () => raise(), raised };
}
