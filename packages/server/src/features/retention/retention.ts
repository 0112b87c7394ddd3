import { type Database, DatabaseError, lookUp } from '@appstead/database';
import type { Logger } from 'pino';
import type { JobQueue } from '../../jobs/job-queue.ts';
import { inBatches } from './batches.ts';
import * as store from './retention-store.ts';

const dayMs = 24 * 60 * 60 * 1000;
/** Longer than the time of an event may lie back, so that the same event is known for as long as it may be sent again. */
export const eventIdsKeptMs = 31 * dayMs;
const patienceMs = 1_000;
const lockNotAvailable = '55P03';

/** What a run removed. `partitions` is undefined when the table of events was too busy to drop any. */
export type Removed = { events: number; eventIds: number; partitions: number | undefined };

/**
 * Removes the events that are older than their app keeps them, by when they happened, and the ids of events that cannot be sent again. What
 * was counted of them stays. Months that are over for every app go as a whole, everything else in short transactions; a run that is cut off
 * is finished by the next.
 */
export async function removePastRetention(db: Database, now: Date, signal?: AbortSignal): Promise<Removed> {
  const at = now.toISOString();
  const everyone = lookUp('every organization', { text: 'SELECT organizations.id FROM organizations WHERE lookup.secret IS NOT NULL' });
  const organizations = (await db.query<{ id: string }>(everyone)).rows.map(({ id }) => id);
  const removed: Removed = { events: 0, eventIds: 0, partitions: await dropMonths(db, organizations, now, signal) };
  await store.summarizeEventIds(db);
  const idsBefore = new Date(now.getTime() - eventIdsKeptMs).toISOString();
  for (const organization of organizations) {
    signal?.throwIfAborted();
    for (const { app_id, before } of await store.listDueApps(db, organization, at)) {
      const remove = inBatches(db, organization, signal, (tx, max) => store.removeEvents(tx, organization, app_id, before, max));
      removed.events += await remove;
    }
    removed.eventIds += await inBatches(db, organization, signal, (tx, max) => store.removeEventIds(tx, organization, idsBefore, max));
  }
  return removed;
}

async function dropMonths(db: Database, organizations: string[], now: Date, signal?: AbortSignal): Promise<number | undefined> {
  let longest: number | undefined;
  for (const organization of organizations) {
    signal?.throwIfAborted();
    const days = await store.longestRetentionDays(db, organization);
    if (days !== null) longest = Math.max(longest ?? 0, days);
  }
  if (longest === undefined) return 0;
  try {
    const before = new Date(now.getTime() - longest * dayMs).toISOString();
    return await store.dropPartitions(db, before, db.kind === 'postgresql' ? patienceMs : undefined);
  } catch (error) {
    // Their rows go one by one below, and the empty months at another run.
    if (error instanceof DatabaseError && error.code === lockNotAvailable) return undefined;
    throw error;
  }
}

/** Once a day, in one process. */
export function scheduleRetention(jobs: JobQueue, { db, log, now }: { db: Database; log: Logger; now: () => Date }): void {
  jobs.work('retention', async (_data, { signal }) => {
    log.info({ removed: await removePastRetention(db, now(), signal) }, 'retention');
  });
  jobs.schedule('retention', dayMs / 1000);
}
