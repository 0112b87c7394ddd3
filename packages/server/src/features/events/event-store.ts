import { type Queryable, tenantSelect } from '@appstead/database';
import type { Position } from '../../paging/page.ts';

/** A row of `events`, as it is read. */
export type EventRow = {
  id: string;
  app_id: string;
  name: string;
  occurred_at: string;
  received_at: string;
  app_user_id: string | null;
  user_id: string | null;
  anonymous_id: string | null;
  session_id: string | null;
  platform: 'apple' | 'android' | 'web' | 'backend';
  country: string | null;
  properties: Record<string, unknown> | null;
  revenue_amount: number | null;
  revenue_currency: string | null;
};

/** Instants as ISO text; `since` belongs to the range, `until` does not. */
export type EventFilter = { name?: string; app_user_id?: string; since?: string; until?: string };

export const eventColumns = `events.id, events.app_id, events.name, events.occurred_at, events.received_at, events.app_user_id, events.user_id,
  events.anonymous_id, events.session_id, events.platform, events.country, events.properties, events.revenue_amount, events.revenue_currency`;

// Ranges without a NULL test, so that partitions outside of them are not even opened.
const between = `events.occurred_at >= coalesce($3::timestamptz, '-infinity') AND events.occurred_at < coalesce($4::timestamptz, 'infinity')
  AND events.occurred_at <= coalesce($5::timestamptz, 'infinity')
  AND (events.occurred_at, events.id) < (coalesce($5::timestamptz, 'infinity'), coalesce($6, 'ffffffff-ffff-ffff-ffff-ffffffffffff')::uuid)
  AND ($7::text IS NULL OR events.name = $7)`;

/** The one that happened last first, from just after a position. */
export async function list(
  db: Queryable,
  organizationId: string,
  appId: string,
  { name, app_user_id, since, until }: EventFilter,
  after: Position | undefined,
  limit: number,
): Promise<EventRow[]> {
  // A text of its own for one person, who has an index of their own.
  const ofPerson = app_user_id === undefined ? '' : ' AND events.app_user_id = $9::uuid';
  const text = `SELECT ${eventColumns} FROM events
    WHERE events.organization_id = tenant.id AND events.app_id = $2 AND ${between}${ofPerson}
    ORDER BY events.occurred_at DESC, events.id DESC LIMIT $8`;
  const values = [appId, since ?? null, until ?? null, after?.[0] ?? null, after?.[1] ?? null, name ?? null, limit];
  const statement = ofPerson
    ? { name: 'list_events_of_person', text, values: [...values, app_user_id] }
    : { name: 'list_events', text, values };
  return (await db.query<EventRow>(tenantSelect(organizationId, statement))).rows;
}

/**
 * Events in the order they came in, from an instant on, without those that are known; of several, the ones that came in first. An event may lie
 * back 30 days when it comes in, so older partitions are not opened.
 */
export async function listReceived(
  db: Queryable,
  organizationId: string,
  appId: string,
  { since, after, known, limit }: { since: string; after?: Position | undefined; known: string[]; limit: number },
): Promise<EventRow[]> {
  const text = `SELECT ${eventColumns} FROM events
    WHERE events.organization_id = tenant.id AND events.app_id = $2 AND events.received_at >= $3
      AND events.occurred_at >= $3::timestamptz - interval '31 days'
      AND (events.received_at, events.id) > (coalesce($4::timestamptz, '-infinity'), coalesce($5, '00000000-0000-0000-0000-000000000000')::uuid)
      AND events.id <> ALL ($6::uuid[])
    ORDER BY events.received_at, events.id LIMIT $7`;
  const values = [appId, since, after?.[0] ?? null, after?.[1] ?? null, known, limit];
  return (await db.query<EventRow>(tenantSelect(organizationId, { name: 'list_received_events', text, values }))).rows;
}
