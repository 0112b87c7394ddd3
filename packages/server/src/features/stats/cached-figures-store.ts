import { type Queryable, tenantSelect } from '@appstead/database';

/**
 * Writes what was counted of apps into their `cached_*`, and when. Nothing else of them changes: not the version, not `updated_at`.
 * The apps are locked first and alone: a statement that waits for a lock would go on with sums from before it waited, and could put older ones
 * over newer ones.
 */
export async function writeFigures(tx: Queryable, organizationId: string, appIds: readonly string[], now: string): Promise<void> {
  await tx.query({
    name: 'lock_apps_for_figures',
    text: `SELECT apps.id FROM apps WHERE apps.organization_id = $1 AND apps.id = ANY ($2::uuid[]) ORDER BY apps.id FOR NO KEY UPDATE`,
    values: [organizationId, appIds],
  });
  await tx.query({
    name: 'write_figures',
    text: `UPDATE apps SET cached_event_count = sums.events, cached_user_count = sums.users, cached_last_event = sums.last_event_at,
        stats_last_updated = $3
      FROM (SELECT wanted.id, coalesce(sum(counters.events), 0)::bigint AS events, greatest(coalesce(sum(counters.users), 0), 0)::bigint AS users,
          max(counters.last_event_at) AS last_event_at
        FROM unnest($2::uuid[]) AS wanted (id)
        LEFT JOIN app_counters AS counters ON counters.organization_id = $1 AND counters.app_id = wanted.id
        GROUP BY wanted.id) AS sums
      WHERE apps.organization_id = $1 AND apps.id = sums.id`,
    values: [organizationId, appIds, now],
  });
}

/** The apps whose `cached_*` differ from what was counted: a process ended between its commit and the writing of the figures. */
export async function findBehind(db: Queryable, organizationId: string): Promise<string[]> {
  const text = `SELECT apps.id FROM apps
    JOIN (SELECT counters.app_id, sum(counters.events) AS events, sum(counters.users) AS users, max(counters.last_event_at) AS last_event_at
      FROM app_counters AS counters WHERE counters.organization_id = tenant.id GROUP BY counters.app_id) AS sums ON sums.app_id = apps.id
    WHERE apps.organization_id = tenant.id AND (apps.cached_event_count, apps.cached_user_count, apps.cached_last_event)
      IS DISTINCT FROM (sums.events, greatest(sums.users, 0), sums.last_event_at)`;
  const { rows } = await db.query<{ id: string }>(tenantSelect(organizationId, { name: 'find_apps_behind', text }));
  return rows.map(({ id }) => id);
}
