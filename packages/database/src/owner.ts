import pg from 'pg';
import type { Engine } from './engine.ts';

/** Runs `work` on a connection of its own that acts as the owner of the schema. */
export async function withOwner<T>(engine: Engine, work: (owner: pg.Client) => Promise<T>): Promise<T> {
  const owner = new pg.Client(engine.ownerSettings);
  // The statement that was running rejects with the same error; unheard, the event would end the process.
  owner.on('error', () => undefined);
  await owner.connect();
  try {
    await engine.afterConnect(owner, undefined);
    return await work(owner);
  } finally {
    await owner.end();
  }
}
