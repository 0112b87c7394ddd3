import type { Queryable } from '@appstead/database';
import type { PassedEvent } from './enqueue-deliveries.ts';

/** How long a delivery can be read and replayed after its end. */
const settledKeptMs = 30 * 24 * 60 * 60_000;
/**
 * How long a delivery waits that cannot be tried, because its webhook is off or its receiver in trouble. Longer than all its attempts take.
 */
const pendingMsMax = 5 * 24 * 60 * 60_000;

/** Removes what is to be sent, or was, of these events of an app; how many deliveries that were. What is being sent now may still arrive. */
export async function eraseDeliveries(
  tx: Queryable,
  organizationId: string,
  appId: string,
  events: readonly PassedEvent[],
): Promise<number> {
  const { rowCount } = await tx.query({
    name: 'erase_deliveries',
    text: `DELETE FROM webhook_deliveries USING unnest($3::uuid[], $4::timestamptz[]) AS erased (id, occurred_at)
      WHERE webhook_deliveries.organization_id = $1 AND webhook_deliveries.app_id = $2
        AND webhook_deliveries.event_id = erased.id AND webhook_deliveries.event_occurred_at = erased.occurred_at`,
    values: [organizationId, appId, events.map(({ id }) => id), events.map(({ occurred_at }) => occurred_at)],
  });
  return rowCount;
}

/** Removes at most so many of the deliveries of an app; how many. */
export async function removeDeliveriesOfApp(tx: Queryable, organizationId: string, appId: string, rowsMax: number): Promise<number> {
  const text = `DELETE FROM webhook_deliveries WHERE organization_id = $1 AND app_id = $2 AND id = ANY (ARRAY(
      SELECT id FROM webhook_deliveries WHERE organization_id = $1 AND app_id = $2 LIMIT $3))`;
  return (await tx.query({ text, values: [organizationId, appId, rowsMax] })).rowCount;
}

/** Gives up at most so many deliveries that waited too long; how many. */
export async function giveUpDeliveries(tx: Queryable, organizationId: string, now: Date, rowsMax: number): Promise<number> {
  const { rowCount } = await tx.query({
    text: `UPDATE webhook_deliveries SET status = 'failed', next_attempt_at = NULL, settled_at = $3
      FROM (SELECT app_id, id FROM webhook_deliveries WHERE organization_id = $1 AND status = 'pending' AND queued_at < $2
        ORDER BY queued_at LIMIT $4) AS old
      WHERE webhook_deliveries.organization_id = $1 AND webhook_deliveries.app_id = old.app_id AND webhook_deliveries.id = old.id`,
    values: [organizationId, instantBefore(now, pendingMsMax), now.toISOString(), rowsMax],
  });
  return rowCount;
}

/** Removes at most so many deliveries that ended long ago; how many. */
export async function removeSettledDeliveries(tx: Queryable, organizationId: string, now: Date, rowsMax: number): Promise<number> {
  const { rowCount } = await tx.query({
    text: `DELETE FROM webhook_deliveries
      USING (SELECT app_id, id FROM webhook_deliveries WHERE organization_id = $1 AND settled_at < $2 ORDER BY settled_at LIMIT $3) AS old
      WHERE webhook_deliveries.organization_id = $1 AND webhook_deliveries.app_id = old.app_id AND webhook_deliveries.id = old.id`,
    values: [organizationId, instantBefore(now, settledKeptMs), rowsMax],
  });
  return rowCount;
}

function instantBefore(now: Date, ms: number): string {
  return new Date(now.getTime() - ms).toISOString();
}
