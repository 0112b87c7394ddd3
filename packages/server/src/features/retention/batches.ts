import type { Database, Queryable } from '@appstead/database';

/** Rows per transaction: some tens of milliseconds, so that nobody waits long for a lock or, on the embedded database, for the session. */
export const batchRows = 5_000;

/**
 * Removes rows in transactions of at most {@link batchRows} until fewer are left than that; how many. What was removed stays removed when it is
 * cut off, and the next run goes on. Rejects with the reason of `signal` between two batches.
 */
export async function inBatches(
  db: Database,
  organizationId: string,
  signal: AbortSignal | undefined,
  remove: (tx: Queryable, rowsMax: number) => Promise<number>,
): Promise<number> {
  for (let total = 0; ; ) {
    signal?.throwIfAborted();
    const removed = await db.transact(organizationId, (tx) => remove(tx, batchRows));
    total += removed;
    if (removed < batchRows) return total;
  }
}
