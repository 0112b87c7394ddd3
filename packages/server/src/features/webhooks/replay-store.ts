import type { Queryable } from '@appstead/database';
import type { DeliveryStatus } from './delivery-store.ts';

/** How many deliveries one replay takes at most; the oldest come first. */
export const replayedMax = 10_000;

export type ReplayRange = { since: string; until: string; status: Exclude<DeliveryStatus, 'pending'> };

const again = `UPDATE webhook_deliveries SET status = 'pending', tries = 0, next_attempt_at = $3, queued_at = $3, settled_at = NULL
  WHERE webhook_deliveries.organization_id = $1 AND webhook_deliveries.app_id = $2`;

/** Makes deliveries due again, whatever became of them; how many of the ids there were. */
export async function replayIds(tx: Queryable, organizationId: string, appId: string, ids: string[], now: string): Promise<number> {
  const text = `${again} AND webhook_deliveries.id = ANY ($4::uuid[])`;
  return (await tx.query({ text, values: [organizationId, appId, now, ids] })).rowCount;
}

/** Makes the settled deliveries of a range due again; how many. `since` belongs to the range, `until` does not. */
export async function replayRange(
  tx: Queryable,
  organizationId: string,
  appId: string,
  { since, until, status }: ReplayRange,
  now: string,
): Promise<number> {
  const text = `${again} AND webhook_deliveries.id IN (
    SELECT old.id FROM webhook_deliveries AS old
    WHERE old.organization_id = $1 AND old.app_id = $2 AND old.status = $4 AND old.created_at >= $5 AND old.created_at < $6
    ORDER BY old.created_at, old.id LIMIT ${replayedMax})`;
  return (await tx.query({ text, values: [organizationId, appId, now, status, since, until] })).rowCount;
}
