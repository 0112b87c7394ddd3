import type { Queryable } from '@appstead/database';
import { type EventRow, eventColumns } from '../events/event-store.ts';

/** A delivery whose time has come. */
export type DueDelivery = {
  id: string;
  /** Attempts since it was queued. */
  tries: number;
  /** As it is now; undefined when it was removed. */
  event: EventRow | undefined;
};

type DueRow = { delivery_id: string; tries: number } & (EventRow | { [Column in keyof EventRow]: null });

/** What is due of an app, the longest waiting first. */
export async function listDue(tx: Queryable, organizationId: string, appId: string, now: string, limit: number): Promise<DueDelivery[]> {
  const text = `SELECT due.id AS delivery_id, due.tries, ${eventColumns}
    FROM (SELECT webhook_deliveries.* FROM webhook_deliveries
      WHERE webhook_deliveries.organization_id = $1 AND webhook_deliveries.app_id = $2 AND webhook_deliveries.status = 'pending'
        AND webhook_deliveries.next_attempt_at <= $3
      ORDER BY webhook_deliveries.next_attempt_at, webhook_deliveries.id LIMIT $4) AS due
    LEFT JOIN events ON events.organization_id = $1 AND events.app_id = $2 AND events.occurred_at = due.event_occurred_at AND events.id = due.event_id
    ORDER BY due.next_attempt_at, due.id`;
  const { rows } = await tx.query<DueRow>({ name: 'list_due_deliveries', text, values: [organizationId, appId, now, limit] });
  return rows.map(({ delivery_id: id, tries, ...event }) => ({ id, tries, event: event.id === null ? undefined : (event as EventRow) }));
}
