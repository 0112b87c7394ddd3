import { openDatabase } from '@appstead/database';
import { digestSql } from './digest.mjs';

const ms = (column) => `(extract(epoch FROM ${column}) * 1000)::bigint`;
const joined = (...columns) => columns.map((column) => `coalesce(${column}::text, '')`).join(` || '|' || `);

const texts = {
  events: digestSql(
    joined(
      ...['events.id', 'events.name', ms('events.occurred_at'), 'events.user_id', 'events.anonymous_id', 'events.session_id'],
      ...['events.platform', 'events.country', 'events.revenue_amount', 'events.revenue_currency', `events.properties ->> 'n'`],
      ...['people.user_id', 'people.is_anonymous'],
    ),
    `FROM events LEFT JOIN app_users AS people ON people.organization_id = events.organization_id AND people.app_id = events.app_id
      AND people.id = events.app_user_id WHERE events.organization_id = $1 AND events.app_id = $2`,
  ),
  people: digestSql(
    joined('people.is_anonymous', 'people.user_id', ms('people.first_seen_at'), ms('people.last_seen_at')),
    'FROM app_users AS people WHERE people.organization_id = $1 AND people.app_id = $2',
  ),
  counts: digestSql(
    joined(ms('kinds.quarter'), 'kinds.name', 'kinds.platform', 'kinds.country', 'kinds.events'),
    `FROM (SELECT quarter, name, platform, country, sum(events)::bigint AS events FROM event_counts
      WHERE organization_id = $1 AND app_id = $2 GROUP BY quarter, name, platform, country) AS kinds`,
  ),
};

/** What is stored of each app, as digests, read from the database of a server that has stopped. */
export async function readStored(database, organizationId, appIds) {
  const db = await openDatabase({ ...database, statementTimeoutMs: 600_000 });
  try {
    const read = async (tx, appId) => {
      const found = {};
      for (const [what, text] of Object.entries(texts)) {
        found[what] = (await tx.query({ text, values: [organizationId, appId] })).rows[0].digest;
      }
      return found;
    };
    const stored = [];
    for (const appId of appIds) stored.push(await db.transact(organizationId, (tx) => read(tx, appId)));
    return stored;
  } finally {
    await db.close();
  }
}
