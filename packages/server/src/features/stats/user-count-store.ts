import { randomInt } from 'node:crypto';
import type { Queryable } from '@appstead/database';

// Rows of the counters beside those of ingestion, which takes its row before it has all of its locks.
const shard = 16 + randomInt(16);

/** Adds to how many people an app knows, or takes away from it. `now` is ISO text. */
export async function addUsers(tx: Queryable, organizationId: string, appId: string, users: number, now: string): Promise<void> {
  await tx.query({
    name: 'add_users',
    text: `INSERT INTO app_counters (organization_id, app_id, shard, events, users, last_event_at, updated_at) VALUES ($1, $2, $3, 0, $4, NULL, $5)
      ON CONFLICT (organization_id, app_id, shard) DO UPDATE
      SET users = app_counters.users + excluded.users, updated_at = excluded.updated_at`,
    values: [organizationId, appId, shard, users, now],
  });
}
