import type { Database } from '@appstead/database';
import { v7 as uuidv7 } from 'uuid';
import { recordAudit } from '../../http/audit-trail.ts';
import { listPurgeable, purge } from '../apps/app-store.ts';
import { restorableMs } from '../apps/apps.ts';
import { removeDeliveriesOfApp } from '../webhooks/index.ts';
import { inBatches } from './batches.ts';
import * as store from './retention-store.ts';

/**
 * Removes for good the apps of an organization whose grace is over, with what they sent; how many. What was counted stays, and so does the
 * audit trail. The app itself goes last, so that a run that is cut off finds it again and goes on.
 */
export async function purgeApps(db: Database, organizationId: string, now: Date, signal?: AbortSignal): Promise<number> {
  const before = new Date(now.getTime() - restorableMs).toISOString();
  let purged = 0;
  for (const { id } of await listPurgeable(db, organizationId, before)) {
    await removeWhatWasSent(db, organizationId, id, signal);
    const name = await db.transact(organizationId, async (tx) => {
      await store.removeCounters(tx, organizationId, id);
      const app = await purge(tx, organizationId, id, before);
      // Another process was first.
      if (!app) return undefined;
      const actor = { organizationId, type: 'system', id: null, name: 'maintenance' };
      recordAudit(tx, actor, 'app.purged', { resourceId: id, before: { name: app.name } }, { requestId: uuidv7(), now });
      return app.name;
    });
    if (name !== undefined) purged++;
  }
  return purged;
}

async function removeWhatWasSent(db: Database, organizationId: string, appId: string, signal: AbortSignal | undefined): Promise<void> {
  await inBatches(db, organizationId, signal, (tx, max) => removeDeliveriesOfApp(tx, organizationId, appId, max));
  await inBatches(db, organizationId, signal, (tx, max) => store.removeEvents(tx, organizationId, appId, 'infinity', max));
  for (const which of ['claimed', 'others'] as const) {
    await inBatches(db, organizationId, signal, (tx, max) => store.removeAppUsers(tx, organizationId, appId, which, max));
  }
  await inBatches(db, organizationId, signal, (tx, max) => store.removeAppEventIds(tx, organizationId, appId, max));
}
