import { type Queryable, tenantSelect } from '@appstead/database';

type Due = { app_id: string; before: string };

/** Apps with events that happened earlier than they keep them, each with the instant from which on they are kept. */
export async function listDueApps(db: Queryable, organizationId: string, now: string): Promise<Due[]> {
  const text = `SELECT apps.id AS app_id, due.before FROM apps
    CROSS JOIN LATERAL (SELECT $2::timestamptz - apps.data_retention_days * interval '24 hours' AS before) AS due
    WHERE apps.organization_id = tenant.id AND EXISTS (
      SELECT FROM events WHERE events.organization_id = tenant.id AND events.app_id = apps.id AND events.occurred_at < due.before)`;
  return (await db.query<Due>(tenantSelect(organizationId, { name: 'list_apps_due', text, values: [now] }))).rows;
}

/** How long the app of the organization keeps events that keeps them longest; null without an app. */
export async function longestRetentionDays(db: Queryable, organizationId: string): Promise<number | null> {
  const text = 'SELECT max(apps.data_retention_days) AS days FROM apps WHERE apps.organization_id = tenant.id';
  const { rows } = await db.query<{ days: number | null }>(tenantSelect(organizationId, { name: 'longest_retention', text }));
  return rows[0]?.days ?? null;
}

/** Removes at most so many events of an app that happened before an instant, the oldest first; how many. */
export async function removeEvents(tx: Queryable, organizationId: string, appId: string, before: string, rowsMax: number): Promise<number> {
  // The last one to go is looked up first: of a range the planner makes one walk along the key, of a join, without statistics, anything.
  const last = await tx.query<{ occurred_at: string; id: string }>({
    name: 'find_last_event_to_remove',
    text: `SELECT occurred_at, id FROM events WHERE organization_id = $1 AND app_id = $2 AND occurred_at < $3
      ORDER BY occurred_at, id OFFSET $4 LIMIT 1`,
    values: [organizationId, appId, before, rowsMax - 1],
  });
  const bound = last.rows[0];
  const text = `DELETE FROM events WHERE organization_id = $1 AND app_id = $2 AND occurred_at < $3
    AND occurred_at <= coalesce($4::timestamptz, 'infinity')
    AND (occurred_at, id) <= (coalesce($4::timestamptz, 'infinity'), coalesce($5, 'ffffffff-ffff-ffff-ffff-ffffffffffff')::uuid)`;
  const values = [organizationId, appId, before, bound?.occurred_at ?? null, bound?.id ?? null];
  return (await tx.query({ name: 'remove_events', text, values })).rowCount;
}

/** Removes at most so many ids of events that were taken in before an instant; how many. */
export async function removeEventIds(tx: Queryable, organizationId: string, before: string, rowsMax: number): Promise<number> {
  const text = `DELETE FROM event_ids WHERE organization_id = $1 AND ctid = ANY (ARRAY(
      SELECT ctid FROM event_ids WHERE organization_id = $1 AND received_at < $2 LIMIT $3))`;
  return (await tx.query({ name: 'remove_event_ids', text, values: [organizationId, before, rowsMax] })).rowCount;
}

/** Lets the index over the times of event ids know of new ones, without which no row would be found by it. */
export async function summarizeEventIds(db: Queryable): Promise<void> {
  await db.query({ text: 'SELECT summarize_event_ids()' });
}

/**
 * Drops the months of events that end before an instant; how many. Needs the table for itself: with `patienceMs` it gives up (55P03) instead of
 * letting everybody wait behind it, which the embedded database, having one session, neither needs nor knows.
 */
export async function dropPartitions(db: Queryable, before: string, patienceMs: number | undefined): Promise<number> {
  const patience = patienceMs === undefined ? 'SELECT 1' : `SELECT set_config('lock_timeout', '${Math.floor(patienceMs)}', true)`;
  const text = `WITH patience AS MATERIALIZED (${patience}) SELECT drop_event_partitions($1) AS dropped FROM patience`;
  const { rows } = await db.query<{ dropped: number }>({ text, values: [before] });
  return rows[0]?.dropped ?? 0;
}

/**
 * Removes at most so many of the people of an app; how many. Ids that were claimed are to be removed first: with whoever claimed them they would
 * go uncounted.
 */
export async function removeAppUsers(
  tx: Queryable,
  organizationId: string,
  appId: string,
  which: 'claimed' | 'others',
  rowsMax: number,
): Promise<number> {
  const claimed = which === 'claimed' ? 'IS NOT NULL' : 'IS NULL';
  const text = `DELETE FROM app_users WHERE organization_id = $1 AND app_id = $2 AND id = ANY (ARRAY(
      SELECT id FROM app_users WHERE organization_id = $1 AND app_id = $2 AND claimed_by ${claimed} LIMIT $3))`;
  return (await tx.query({ name: `remove_app_users_${which}`, text, values: [organizationId, appId, rowsMax] })).rowCount;
}

/** Removes at most so many of the ids of events of an app; how many. */
export async function removeAppEventIds(tx: Queryable, organizationId: string, appId: string, rowsMax: number): Promise<number> {
  const text = `DELETE FROM event_ids WHERE organization_id = $1 AND app_id = $2 AND id = ANY (ARRAY(
      SELECT id FROM event_ids WHERE organization_id = $1 AND app_id = $2 LIMIT $3))`;
  return (await tx.query({ name: 'remove_app_event_ids', text, values: [organizationId, appId, rowsMax] })).rowCount;
}

/** Removes the totals of an app: 16 rows at most. */
export async function removeCounters(tx: Queryable, organizationId: string, appId: string): Promise<void> {
  const text = 'DELETE FROM app_counters WHERE organization_id = $1 AND app_id = $2';
  await tx.query({ name: 'remove_app_counters', text, values: [organizationId, appId] });
}
