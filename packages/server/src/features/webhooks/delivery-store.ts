import { lookUp, type Queryable, tenantSelect } from '@appstead/database';
import type { Position } from '../../paging/page.ts';

export type DeliveryStatus = 'pending' | 'delivered' | 'failed' | 'cancelled';

/** `failure` when no answer came, else the status of the answer. */
export type Attempt = { at: string; status: number | null; failure: string | null; duration_ms: number };

/** A row of `webhook_deliveries`. */
export type DeliveryRow = {
  id: string;
  app_id: string;
  event_id: string;
  status: DeliveryStatus;
  attempts: Attempt[];
  next_attempt_at: string | null;
  created_at: string;
  settled_at: string | null;
};

/** Instants as ISO text; `since` belongs to the range, `until` does not. */
export type DeliveryFilter = { status?: DeliveryStatus; since?: string; until?: string };

const columns = ['id', 'app_id', 'event_id', 'status', 'attempts', 'next_attempt_at', 'created_at', 'settled_at']
  .map((column) => `webhook_deliveries.${column}`)
  .join(', ');

/** The attempts that are kept of one delivery, however often it is replayed. */
const attemptsKept = 20;

/** Rows that are due at once, one per event; `ids` are those of the deliveries. */
export async function insert(
  tx: Queryable,
  organizationId: string,
  appId: string,
  deliveries: { ids: string[]; eventIds: string[]; occurredAt: string[] },
  now: string,
): Promise<void> {
  await tx.query({
    name: 'insert_webhook_deliveries',
    text: `INSERT INTO webhook_deliveries (organization_id, app_id, id, event_id, event_occurred_at, next_attempt_at, queued_at, created_at)
      SELECT $1, $2, made.id, made.event_id, made.occurred_at, $6, $6, $6
      FROM unnest($3::uuid[], $4::uuid[], $5::timestamptz[]) AS made (id, event_id, occurred_at)`,
    values: [organizationId, appId, deliveries.ids, deliveries.eventIds, deliveries.occurredAt, now],
  });
}

export async function find(db: Queryable, organizationId: string, appId: string, id: string): Promise<DeliveryRow | undefined> {
  const text = `SELECT ${columns} FROM webhook_deliveries
    WHERE webhook_deliveries.organization_id = tenant.id AND webhook_deliveries.app_id = $2 AND webhook_deliveries.id = $3`;
  const statement = tenantSelect(organizationId, { name: 'find_webhook_delivery', text, values: [appId, id] });
  return (await db.query<DeliveryRow>(statement)).rows[0];
}

/** The newest first, from just after a position. */
export async function list(
  db: Queryable,
  organizationId: string,
  appId: string,
  { status, since, until }: DeliveryFilter,
  after: Position | undefined,
  limit: number,
): Promise<DeliveryRow[]> {
  const text = `SELECT ${columns} FROM webhook_deliveries
    WHERE webhook_deliveries.organization_id = tenant.id AND webhook_deliveries.app_id = $2
      AND ($3::text IS NULL OR webhook_deliveries.status = $3)
      AND ($4::timestamptz IS NULL OR webhook_deliveries.created_at >= $4)
      AND ($5::timestamptz IS NULL OR webhook_deliveries.created_at < $5)
      AND ($6::timestamptz IS NULL OR (webhook_deliveries.created_at, webhook_deliveries.id) < ($6, $7::uuid))
    ORDER BY webhook_deliveries.created_at DESC, webhook_deliveries.id DESC LIMIT $8`;
  const values = [appId, ...[status, since, until, after?.[0], after?.[1]].map((value) => value ?? null), limit];
  return (await db.query<DeliveryRow>(tenantSelect(organizationId, { name: 'list_webhook_deliveries', text, values }))).rows;
}

/** Apps of any organization with a delivery that is due. Jumps from app to app in the index, however much waits for each. */
export async function listDueApps(db: Queryable, now: string): Promise<{ organization_id: string; app_id: string }[]> {
  const earliest = (
    where: string,
  ) => `SELECT waiting.organization_id, waiting.app_id, waiting.next_attempt_at FROM webhook_deliveries AS waiting
    WHERE lookup.secret IS NOT NULL AND waiting.status = 'pending'${where}
    ORDER BY waiting.organization_id, waiting.app_id, waiting.next_attempt_at LIMIT 1`;
  const text = `WITH RECURSIVE first_of AS (
      (${earliest('')})
      UNION ALL
      SELECT found.* FROM first_of CROSS JOIN LATERAL
        (${earliest(' AND (waiting.organization_id, waiting.app_id) > (first_of.organization_id, first_of.app_id)')}) AS found
    )
    SELECT first_of.organization_id, first_of.app_id FROM first_of WHERE first_of.next_attempt_at <= $2::timestamptz`;
  const statement = lookUp('every due delivery', { name: 'list_due_webhooks', text, values: [now] });
  return (await db.query<{ organization_id: string; app_id: string }>(statement)).rows;
}

/** The end of one attempt, as it is written. */
export type Outcome = { id: string; status: DeliveryStatus; tries: number; next_attempt_at: string | null; attempt: Attempt | null };

/** Writes the ends of attempts. What was erased or settled meanwhile stays as it is. */
export async function settle(tx: Queryable, organizationId: string, appId: string, outcomes: Outcome[], now: string): Promise<void> {
  await tx.query({
    name: 'settle_webhook_deliveries',
    text: `UPDATE webhook_deliveries SET status = ended.status, tries = ended.tries, next_attempt_at = ended.next_attempt_at,
        settled_at = CASE WHEN ended.status = 'pending' THEN NULL ELSE $4::timestamptz END,
        attempts = CASE
          WHEN ended.attempt IS NULL THEN webhook_deliveries.attempts
          WHEN jsonb_array_length(webhook_deliveries.attempts) >= ${attemptsKept} THEN webhook_deliveries.attempts - 0 || ended.attempt
          ELSE webhook_deliveries.attempts || ended.attempt END
      FROM json_to_recordset($3::json) AS ended (id uuid, status text, tries smallint, next_attempt_at timestamptz, attempt jsonb)
      WHERE webhook_deliveries.organization_id = $1 AND webhook_deliveries.app_id = $2 AND webhook_deliveries.id = ended.id
        AND webhook_deliveries.status = 'pending'`,
    values: [organizationId, appId, JSON.stringify(outcomes), now],
  });
}

/** When the next pending delivery of an app is due; undefined when there is none. */
export async function nextDueAt(tx: Queryable, organizationId: string, appId: string): Promise<string | undefined> {
  const text = `SELECT webhook_deliveries.next_attempt_at FROM webhook_deliveries
    WHERE webhook_deliveries.organization_id = $1 AND webhook_deliveries.app_id = $2 AND webhook_deliveries.status = 'pending'
    ORDER BY webhook_deliveries.next_attempt_at LIMIT 1`;
  const statement = { name: 'next_due_webhook', text, values: [organizationId, appId] };
  return (await tx.query<{ next_attempt_at: string }>(statement)).rows[0]?.next_attempt_at;
}

/** Makes what is pending due at once, with all its attempts before it. */
export async function hasten(tx: Queryable, organizationId: string, appId: string, now: string): Promise<void> {
  await tx.query({
    text: `UPDATE webhook_deliveries SET tries = 0, next_attempt_at = $3, queued_at = $3
      WHERE organization_id = $1 AND app_id = $2 AND status = 'pending'`,
    values: [organizationId, appId, now],
  });
}
