import type { Queryable } from '@appstead/database';
import { v7 as uuidv7 } from 'uuid';

type Owner = { organizationId: string; appId: string };
type UserRow = { user_id: string; is_anonymous?: boolean; seen?: [first: string, last: string]; claimed_by?: string; properties?: object };
type EventRow = {
  name?: string;
  at: string;
  app_user_id?: string;
  user_id?: string;
  anonymous_id?: string;
  id?: string;
  properties?: object;
};
type CountRow = { quarter: string; name?: string; platform?: string; country?: string; shard?: number; events: number };

/** A row of `app_users`; its id. For what ingestion cannot bring about, or would take long to. */
export async function insertAppUser(admin: Queryable, { organizationId, appId }: Owner, row: UserRow): Promise<string> {
  const id = uuidv7();
  const [first, last] = row.seen ?? ['2026-11-01T00:00:00.000Z', '2026-11-02T00:00:00.000Z'];
  await admin.query({
    text: `INSERT INTO app_users (organization_id, app_id, id, user_id, is_anonymous, first_seen_at, last_seen_at, properties, claimed_by)
      VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    values: [
      ...[organizationId, appId, id, row.user_id, row.is_anonymous ?? false, first, last],
      ...[JSON.stringify(row.properties ?? {}), row.claimed_by ?? null],
    ],
  });
  return id;
}

/** A row of `events`, with the partition it needs; its id. */
export async function insertEvent(admin: Queryable, { organizationId, appId }: Owner, row: EventRow): Promise<string> {
  const id = row.id ?? uuidv7();
  await admin.query({ text: 'SELECT ensure_event_partition($1)', values: [row.at] });
  await admin.query({
    text: `INSERT INTO events (organization_id, app_id, id, name, occurred_at, received_at, app_user_id, user_id, anonymous_id, platform, properties)
      VALUES ($1, $2, $3, $4, $5, $5, $6, $7, $8, 'web', $9)`,
    values: [
      ...[organizationId, appId, id, row.name ?? 'opened', row.at, row.app_user_id ?? null, row.user_id ?? null, row.anonymous_id ?? null],
      row.properties ? JSON.stringify(row.properties) : null,
    ],
  });
  return id;
}

/** So many events of one person, a second apart, all in one statement. */
export async function insertManyEvents(
  admin: Queryable,
  { organizationId, appId }: Owner,
  { app_user_id, anonymous_id, count }: { app_user_id: string; anonymous_id?: string; count: number },
): Promise<void> {
  await admin.query({ text: "SELECT ensure_event_partition('2026-11-01T00:00:00Z')" });
  await admin.query({
    text: `INSERT INTO events (organization_id, app_id, id, name, occurred_at, received_at, app_user_id, anonymous_id, platform)
      SELECT $1, $2, gen_random_uuid(), 'opened', at, at, $3, $4, 'web'
      FROM generate_series(timestamptz '2026-11-01T00:00:00Z', timestamptz '2026-11-01T00:00:00Z' + ($5::integer - 1) * interval '1 second', '1 second') AS at`,
    values: [organizationId, appId, app_user_id, anonymous_id ?? null, count],
  });
}

/** A row of `webhook_deliveries` that was settled, of an event that need not be there; its id. */
export async function insertDelivery(admin: Queryable, { organizationId, appId }: Owner): Promise<string> {
  const id = uuidv7();
  await admin.query({
    text: `INSERT INTO webhook_deliveries (organization_id, app_id, id, event_id, event_occurred_at, status, queued_at, created_at, settled_at)
      VALUES ($1, $2, $3, $4, now(), 'delivered', now(), now(), now())`,
    values: [organizationId, appId, id, uuidv7()],
  });
  return id;
}

/** Rows of `event_counts`, all in one statement. */
export async function insertCounts(admin: Queryable, { organizationId, appId }: Owner, rows: CountRow[]): Promise<void> {
  const column = (of: (row: CountRow) => unknown) => rows.map(of);
  await admin.query({
    text: `INSERT INTO event_counts (organization_id, app_id, quarter, name, platform, country, shard, events)
      SELECT $1, $2, * FROM unnest($3::timestamptz[], $4::text[], $5::text[], $6::text[], $7::smallint[], $8::bigint[])`,
    values: [
      ...[organizationId, appId, column(({ quarter }) => quarter), column(({ name }) => name ?? 'opened')],
      ...[column(({ platform }) => platform ?? 'web'), column(({ country }) => country ?? ''), column(({ shard }) => shard ?? 0)],
      column(({ events }) => events),
    ],
  });
}
