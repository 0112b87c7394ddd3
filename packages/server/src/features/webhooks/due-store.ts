import type { Queryable } from '@appstead/database';

/** The event of a delivery as it is now. */
export type SentEvent = {
  name: string;
  received_at: string;
  app_user_id: string | null;
  user_id: string | null;
  anonymous_id: string | null;
  session_id: string | null;
  platform: 'apple' | 'android' | 'web' | 'backend';
  country: string | null;
  revenue_amount: number | null;
  revenue_currency: string | null;
  properties: Record<string, unknown> | null;
};

type DueRow = { id: string; tries: number; event_id: string; event_occurred_at: string } & {
  [Field in keyof SentEvent]: SentEvent[Field] | null;
};

/** A delivery whose time has come. */
export type DueDelivery = {
  id: string;
  /** Attempts since it was queued. */
  tries: number;
  event_id: string;
  occurred_at: string;
  /** Undefined when the event was removed since. */
  event: SentEvent | undefined;
};

const fields =
  'name received_at app_user_id user_id anonymous_id session_id platform country revenue_amount revenue_currency properties'.split(' ');

/** What is due of an app, the longest waiting first. */
export async function listDue(tx: Queryable, organizationId: string, appId: string, now: string, limit: number): Promise<DueDelivery[]> {
  const text = `SELECT due.id, due.tries, due.event_id, due.event_occurred_at, ${fields.map((field) => `events.${field}`).join(', ')}
    FROM (SELECT webhook_deliveries.* FROM webhook_deliveries
      WHERE webhook_deliveries.organization_id = $1 AND webhook_deliveries.app_id = $2 AND webhook_deliveries.status = 'pending'
        AND webhook_deliveries.next_attempt_at <= $3
      ORDER BY webhook_deliveries.next_attempt_at, webhook_deliveries.id LIMIT $4) AS due
    LEFT JOIN events ON events.organization_id = $1 AND events.app_id = $2 AND events.occurred_at = due.event_occurred_at AND events.id = due.event_id
    ORDER BY due.next_attempt_at, due.id`;
  const { rows } = await tx.query<DueRow>({ name: 'list_due_deliveries', text, values: [organizationId, appId, now, limit] });
  return rows.map(({ id, tries, event_id, event_occurred_at, ...event }) => ({
    id,
    tries,
    event_id,
    occurred_at: event_occurred_at,
    event: event.name === null ? undefined : (event as SentEvent),
  }));
}
