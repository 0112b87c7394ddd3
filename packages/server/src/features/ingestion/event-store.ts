import type { Queryable } from '@appstead/database';

/** What a write of events found out. */
export type Written = {
  /** The ids that were taken before; their events were left out. */
  duplicates: string[];
  /** Users who had claimed an anonymous id that sent something, and whom nobody has noted yet as seen. */
  claimers: Seen[];
};

/** Somebody, with the times of the first and the last that was seen of them. */
export type Seen = { id: string; first: string; last: string };

// One statement and one round trip for however many events, each row read from one JSON text. What is not fresh is left out of everything.
// Rows that two writers may want are written in the order of their keys, so that they wait for each other and never in a circle.
const writeText = `WITH sent AS MATERIALIZED (
    SELECT sent.*, coalesce(sent.user_id, sent.anonymous_id) AS person, sent.user_id IS NULL AS is_anonymous
    FROM json_to_recordset($3::json) AS sent (id uuid, name text, occurred_at timestamptz, user_id text, anonymous_id text, session_id text,
      platform text, country text, amount bigint, currency text, properties jsonb)
  ), fresh AS (
    INSERT INTO event_ids (organization_id, app_id, id, received_at)
    SELECT $1, $2, sent.id, $4 FROM sent ORDER BY sent.id
    ON CONFLICT DO NOTHING RETURNING id
  ), taken AS MATERIALIZED (
    SELECT sent.* FROM sent JOIN fresh ON fresh.id = sent.id
  ), people AS (
    INSERT INTO app_users (organization_id, app_id, id, user_id, is_anonymous, first_seen_at, last_seen_at)
    SELECT $1, $2, uuid_v7($4), taken.person, taken.is_anonymous, min(taken.occurred_at), max(taken.occurred_at)
    FROM taken WHERE taken.person IS NOT NULL
    GROUP BY taken.is_anonymous, taken.person ORDER BY taken.is_anonymous, taken.person
    ON CONFLICT (organization_id, app_id, is_anonymous, user_id) DO UPDATE
    SET first_seen_at = least(app_users.first_seen_at, excluded.first_seen_at), last_seen_at = greatest(app_users.last_seen_at, excluded.last_seen_at)
    RETURNING app_users.id, app_users.user_id, app_users.is_anonymous, app_users.claimed_by, app_users.xmax = 0 AS is_new
  ), stored AS (
    INSERT INTO events (organization_id, app_id, id, name, occurred_at, received_at, app_user_id, user_id, anonymous_id, session_id, platform,
      country, revenue_amount, revenue_currency, properties)
    SELECT $1, $2, taken.id, taken.name, taken.occurred_at, $4, coalesce(people.claimed_by, people.id), taken.user_id, taken.anonymous_id,
      taken.session_id, taken.platform, taken.country, taken.amount, taken.currency, taken.properties
    FROM taken LEFT JOIN people ON people.is_anonymous = taken.is_anonymous AND people.user_id = taken.person
  ), counted AS (
    INSERT INTO event_counts (organization_id, app_id, quarter, name, platform, country, shard, events)
    SELECT $1, $2, kinds.quarter, kinds.name, kinds.platform, kinds.country, $5, count(*) FROM (
      SELECT date_bin('15 minutes', taken.occurred_at, '2000-01-01T00:00:00Z') AS quarter, taken.name, taken.platform,
        coalesce(taken.country, '') AS country FROM taken) AS kinds
    GROUP BY 3, 4, 5, 6 ORDER BY 3, 4, 5, 6
    ON CONFLICT (organization_id, app_id, quarter, name, platform, country, shard) DO UPDATE SET events = event_counts.events + excluded.events
  ), totalled AS (
    INSERT INTO app_counters (organization_id, app_id, shard, events, users, last_event_at, updated_at)
    SELECT $1, $2, $5, count(*), (SELECT count(*) FROM people WHERE people.is_new), max(taken.occurred_at), $4
    FROM taken HAVING count(*) > 0
    ON CONFLICT (organization_id, app_id, shard) DO UPDATE
    SET events = app_counters.events + excluded.events, users = app_counters.users + excluded.users,
      last_event_at = greatest(app_counters.last_event_at, excluded.last_event_at), updated_at = excluded.updated_at
  )
  SELECT (SELECT coalesce(json_agg(sent.id), '[]') FROM sent LEFT JOIN fresh ON fresh.id = sent.id WHERE fresh.id IS NULL) AS duplicates,
    (SELECT coalesce(json_agg(json_build_object('id', late.claimed_by, 'first', late.first, 'last', late.last)), '[]') FROM (
      SELECT people.claimed_by, min(taken.occurred_at) AS first, max(taken.occurred_at) AS last
      FROM people JOIN taken ON taken.is_anonymous = people.is_anonymous AND taken.person = people.user_id
      WHERE people.claimed_by IS NOT NULL GROUP BY people.claimed_by) AS late) AS claimers`;

/**
 * Writes events of one app: their ids, the people they are about, the events themselves, and what is counted of them. `rows` is a JSON array of
 * them, no id twice; `shard` is the row of the counters that the writer takes.
 */
export async function writeEvents(
  tx: Queryable,
  organizationId: string,
  appId: string,
  { rows, receivedAt, shard }: { rows: string; receivedAt: string; shard: number },
): Promise<Written> {
  const values = [organizationId, appId, rows, receivedAt, shard];
  const { rows: found } = await tx.query<Written>({ name: 'write_events', text: writeText, values });
  const written = found[0] as Written;
  if (written.claimers.length > 0) written.claimers = await see(tx, organizationId, appId, written.claimers, 'SKIP LOCKED');
  return written;
}

/**
 * Widens the time that people were seen in; who was left out. Whoever wrote events must not wait here: who has locked a person may wait for one
 * of their anonymous ids, which the writer has.
 */
export async function see(tx: Queryable, organizationId: string, appId: string, times: Seen[], wait: '' | 'SKIP LOCKED'): Promise<Seen[]> {
  const { rows } = await tx.query<{ id: string }>({
    name: wait ? 'see_claimers' : 'see_claimers_late',
    text: `WITH seen AS (SELECT * FROM json_to_recordset($3::json) AS seen (id uuid, first timestamptz, last timestamptz)),
      held AS (
        SELECT app_users.id FROM app_users WHERE app_users.organization_id = $1 AND app_users.app_id = $2 AND app_users.id IN (SELECT id FROM seen)
        ORDER BY app_users.user_id FOR NO KEY UPDATE ${wait})
      UPDATE app_users SET first_seen_at = least(app_users.first_seen_at, seen.first), last_seen_at = greatest(app_users.last_seen_at, seen.last)
      FROM seen JOIN held ON held.id = seen.id
      WHERE app_users.organization_id = $1 AND app_users.app_id = $2 AND app_users.id = seen.id RETURNING app_users.id`,
    values: [organizationId, appId, JSON.stringify(times)],
  });
  const done = new Set(rows.map(({ id }) => id));
  return times.filter(({ id }) => !done.has(id));
}
