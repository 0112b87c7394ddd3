import { type Database, lookUp, type Queryable } from '@appstead/database';
import type { Logger } from 'pino';
import { SigningKeys } from '../features/accounts/signing-keys.ts';
import { tellOfExpiry } from '../features/api-keys/expiry-notices.ts';
import { ensureComingPartitions } from '../features/ingestion/event-partitions.ts';
import type { Outbox } from '../features/messages/outbox.ts';
import { inBatches } from '../features/retention/batches.ts';
import { purgeApps } from '../features/retention/purge-apps.ts';
import { catchUp } from '../features/stats/cached-figures.ts';
import { giveUpDeliveries, removeSettledDeliveries } from '../features/webhooks/index.ts';
import { keptMs } from '../http/idempotency.ts';
import type { SecretBox } from '../keys/secret-box.ts';
import type { JobQueue } from './job-queue.ts';

const dayMs = 24 * 60 * 60 * 1000;

type Services = { db: Database; box: SecretBox; outbox: Outbox };

/** What a pass did in one organization. */
type Kept = { idempotencyRecords: number; refreshTokens: number; notices: number; figures: number };

/** What one pass did: how many of each it removed, how many notices it gave, and whether there is a new signing key. */
export type Done = Kept & { apps: number; webhookDeliveries: number; rateLimits: number; signingKeys: number; rotatedSigningKey: boolean };

/**
 * Removes what has had its time: deleted apps past their grace with what they sent, idempotency records past theirs, expired refresh tokens, old
 * rate-limit windows, signing keys whose tokens have ended, webhook deliveries long after their end. Tells of API keys about to expire, renews the
 * signing key, makes the partitions for the events to come, and writes the cached figures that a process left behind. One transaction per
 * organization, and many short ones for what there may be much of, so a pass that is cut off loses nothing and the next one goes on. Two processes may run it at once; each thing is done by one
 * of them.
 */
export async function runMaintenance({ db, box, outbox }: Services, now: Date, signal?: AbortSignal): Promise<Done> {
  const done: Kept = { idempotencyRecords: 0, refreshTokens: 0, notices: 0, figures: 0 };
  await ensureComingPartitions(db, now);
  const everyone = lookUp('every organization', { text: 'SELECT organizations.id FROM organizations WHERE lookup.secret IS NOT NULL' });
  const organizations = (await db.query<{ id: string }>(everyone)).rows;
  for (const { id } of organizations) {
    signal?.throwIfAborted();
    const { kept, wakes } = await db.transact(id, (tx) => keepOrganization(tx, id, outbox, now));
    for (const wake of wakes) wake();
    for (const what of Object.keys(done) as (keyof Kept)[]) done[what] += kept[what];
  }
  const text = 'DELETE FROM rate_limits WHERE window_start < $1';
  const rateLimits = (await db.query({ text, values: [new Date(now.getTime() - dayMs).toISOString()] })).rowCount;
  const signingKeys = new SigningKeys(db, box, () => now);
  const rotatedSigningKey = await signingKeys.rotate();
  const endedSigningKeys = await signingKeys.removeEnded();
  // Last, because an app may have sent so much that the time of this pass ends over it.
  let [apps, webhookDeliveries] = [0, 0];
  for (const { id } of organizations) {
    await inBatches(db, id, signal, (tx, max) => giveUpDeliveries(tx, id, now, max));
    webhookDeliveries += await inBatches(db, id, signal, (tx, max) => removeSettledDeliveries(tx, id, now, max));
    apps += await purgeApps(db, id, now, signal);
  }
  return { ...done, apps, webhookDeliveries, rateLimits, rotatedSigningKey, signingKeys: endedSigningKeys };
}

async function keepOrganization(tx: Queryable, id: string, outbox: Outbox, now: Date): Promise<{ kept: Kept; wakes: (() => void)[] }> {
  const before = (ageMs: number) => new Date(now.getTime() - ageMs).toISOString();
  const remove = async (text: string, ageMs: number) => (await tx.query({ text, values: [id, before(ageMs)] })).rowCount;
  const wakes = await tellOfExpiry(tx, id, outbox, now);
  const kept = {
    idempotencyRecords: await remove('DELETE FROM idempotency_records WHERE organization_id = $1 AND created_at < $2', keptMs),
    refreshTokens: await remove('DELETE FROM refresh_tokens WHERE organization_id = $1 AND expires_at < $2', dayMs),
    notices: wakes.length,
    figures: await catchUp(tx, id, now),
  };
  return { kept, wakes };
}

/** A pass every hour in one process, and when a process starts: it takes up what one that ended all at once left behind. */
export function scheduleMaintenance(jobs: JobQueue, services: Services & { log: Logger; now: () => Date }): void {
  jobs.work('maintenance', async (_data, { signal }) => {
    const done = await runMaintenance(services, services.now(), signal);
    services.log.debug({ done }, 'maintenance');
  });
  jobs.schedule('maintenance', 60 * 60, { alsoAtStart: true });
}
