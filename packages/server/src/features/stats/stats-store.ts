import { type Queryable, tenantSelect } from '@appstead/database';
import type { Range } from './stats-range.ts';

export type KeyColumn = 'name' | 'platform' | 'country';
type KeyCount = { key: string; value: number };

const inRange = `counts.organization_id = tenant.id AND counts.app_id = $2
  AND counts.quarter >= $3::timestamptz AND counts.quarter < $4::timestamptz`;

/** How many events fell between each start and the next, the last of them the end of the range. Starts are ascending, the first that of the range. */
export async function countByTime(
  db: Queryable,
  organizationId: string,
  appId: string,
  range: Range,
  startsMs: number[],
): Promise<number[]> {
  const text = `SELECT width_bucket(counts.quarter, $5::timestamptz[]) AS number, sum(counts.events)::bigint AS value
    FROM event_counts AS counts WHERE ${inRange} GROUP BY number`;
  const values = [...places(appId, range), startsMs.map(iso)];
  const { rows } = await db.query<{ number: number; value: number }>(
    tenantSelect(organizationId, { name: 'count_events_by_time', text, values }),
  );
  const counts = startsMs.map(() => 0);
  for (const { number, value } of rows) counts[number - 1] = value;
  return counts;
}

/** The keys with the most events, and how many events there were of all of them. The key of no country is empty. */
export async function countByKey(
  db: Queryable,
  organizationId: string,
  appId: string,
  range: Range,
  column: KeyColumn,
  limit: number,
): Promise<{ largest: KeyCount[]; total: number }> {
  const text = `SELECT counts.${column} AS key, sum(counts.events)::bigint AS value, (sum(sum(counts.events)) OVER ())::bigint AS total
    FROM event_counts AS counts WHERE ${inRange} GROUP BY counts.${column} ORDER BY value DESC, counts.${column} COLLATE "C" LIMIT $5`;
  const { rows } = await db.query<KeyCount & { total: number }>(
    tenantSelect(organizationId, { name: `count_events_by_${column}`, text, values: [...places(appId, range), limit] }),
  );
  return { largest: rows.map(({ key, value }) => ({ key, value })), total: rows[0]?.total ?? 0 };
}

function places(appId: string, { fromMs, toMs }: Range): unknown[] {
  return [appId, iso(fromMs), iso(toMs)];
}

function iso(atMs: number): string {
  return new Date(atMs).toISOString();
}
