import type { Queryable } from '@appstead/database';

/** How long a delivery can be read and replayed after its end. */
const settledKeptMs = 30 * 24 * 60 * 60_000;
/**
 * How long a delivery waits that cannot be tried, because its webhook is off or its receiver in trouble. Longer than all its attempts take.
 */
const pendingMsMax = 5 * 24 * 60 * 60_000;

/**
 * Removes what is kept of the events of people, at whatever stage; how many deliveries that were. To be called before the events are removed,
 * because a delivery only refers to one. What is being sent at this moment may still arrive.
 */
export async function eraseDeliveries(tx: Queryable, organizationId: string, appId: string, appUserIds: string[]): Promise<number> {
  const { rowCount } = await tx.query({
    text: `DELETE FROM webhook_deliveries USING events
      WHERE webhook_deliveries.organization_id = $1 AND webhook_deliveries.app_id = $2
        AND events.organization_id = $1 AND events.app_id = $2 AND events.app_user_id = ANY ($3::uuid[])
        AND webhook_deliveries.event_id = events.id AND webhook_deliveries.event_occurred_at = events.occurred_at`,
    values: [organizationId, appId, appUserIds],
  });
  return rowCount;
}

/** Removes at most so many of the deliveries of an app; how many. */
export async function removeDeliveriesOfApp(tx: Queryable, organizationId: string, appId: string, rowsMax: number): Promise<number> {
  const text = `DELETE FROM webhook_deliveries WHERE organization_id = $1 AND app_id = $2 AND id = ANY (ARRAY(
      SELECT id FROM webhook_deliveries WHERE organization_id = $1 AND app_id = $2 LIMIT $3))`;
  return (await tx.query({ text, values: [organizationId, appId, rowsMax] })).rowCount;
}

/** Gives up deliveries that waited too long, and removes those that ended long ago; how many were removed. */
export async function tidyDeliveries(tx: Queryable, organizationId: string, now: Date): Promise<number> {
  const before = (ms: number) => new Date(now.getTime() - ms).toISOString();
  await tx.query({
    text: `UPDATE webhook_deliveries SET status = 'failed', next_attempt_at = NULL, settled_at = $3
      WHERE organization_id = $1 AND status = 'pending' AND queued_at < $2`,
    values: [organizationId, before(pendingMsMax), now.toISOString()],
  });
  const { rowCount } = await tx.query({
    text: 'DELETE FROM webhook_deliveries WHERE organization_id = $1 AND settled_at < $2',
    values: [organizationId, before(settledKeptMs)],
  });
  return rowCount;
}
