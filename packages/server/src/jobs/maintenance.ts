import { type Database, lookUp, type Queryable } from '@appstead/database';
import type { Logger } from 'pino';
import { v7 as uuidv7 } from 'uuid';
import { purgeDeleted } from '../features/apps/app-store.ts';
import { restorableMs } from '../features/apps/apps.ts';
import { recordAudit } from '../http/audit-trail.ts';
import { keptMs } from '../http/idempotency.ts';

const hourMs = 60 * 60 * 1000;
const dayMs = 24 * hourMs;

/** What one pass removed. */
export type Removed = { apps: number; idempotencyRecords: number; refreshTokens: number; rateLimits: number };

/**
 * Removes what has had its time: deleted apps past their grace, idempotency records past theirs, expired refresh tokens, old rate-limit
 * windows. One transaction per organization, so a pass that is cut off loses nothing and the next one goes on. Two processes may run it at
 * once; each row is removed by one of them.
 */
export async function runMaintenance(db: Database, now: Date): Promise<Removed> {
  const before = (ageMs: number) => new Date(now.getTime() - ageMs).toISOString();
  const removed: Removed = { apps: 0, idempotencyRecords: 0, refreshTokens: 0, rateLimits: 0 };
  const everyone = lookUp('every organization', { text: 'SELECT organizations.id FROM organizations WHERE lookup.secret IS NOT NULL' });
  for (const { id } of (await db.query<{ id: string }>(everyone)).rows) {
    await db.transact(id, async (tx) => {
      removed.apps += await purgeApps(tx, id, before(restorableMs), now);
      removed.idempotencyRecords += await removeOld(
        tx,
        'DELETE FROM idempotency_records WHERE organization_id = $1 AND created_at < $2',
        id,
        before(keptMs),
      );
      removed.refreshTokens += await removeOld(
        tx,
        'DELETE FROM refresh_tokens WHERE organization_id = $1 AND expires_at < $2',
        id,
        before(dayMs),
      );
    });
  }
  removed.rateLimits = (await db.query({ text: 'DELETE FROM rate_limits WHERE window_start < $1', values: [before(dayMs)] })).rowCount;
  return removed;
}

async function removeOld(tx: Queryable, text: string, organizationId: string, before: string): Promise<number> {
  return (await tx.query({ text, values: [organizationId, before] })).rowCount;
}

async function purgeApps(tx: Queryable, organizationId: string, before: string, now: Date): Promise<number> {
  const purged = await purgeDeleted(tx, organizationId, before);
  const actor = { organizationId, type: 'system', id: null, name: 'maintenance' };
  for (const { id, name } of purged) {
    await recordAudit(tx, actor, 'app.purged', { resourceId: id, before: { name } }, { requestId: uuidv7(), now });
  }
  return purged.length;
}

/** Runs a pass now and every hour until stopped. A failed pass is logged and tried again at the next turn. */
export function startMaintenance(db: Database, log: Logger): { stop(): Promise<void> } {
  let pass = Promise.resolve();
  const run = () => {
    pass = runMaintenance(db, new Date()).then(
      (removed) => log.debug({ removed }, 'maintenance'),
      (error: unknown) => log.warn({ err: error }, 'maintenance failed'),
    );
  };
  run();
  const timer = setInterval(run, hourMs).unref();
  return {
    stop: () => {
      clearInterval(timer);
      return pass;
    },
  };
}
