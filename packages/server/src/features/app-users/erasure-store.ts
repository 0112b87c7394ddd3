import type { Queryable } from '@appstead/database';
import { atPlaces, type EventPlace, placesFrom, placeValues } from '../events/person-events.ts';

/** Who a person is in the tables: their row, and the rows of the anonymous ids claimed for them. */
export type Person = { ids: string[]; anonymousIds: string[] };

/**
 * Locks the rows of a person until the transaction ends, in the order in which whatever else locks them does: the person, then the anonymous ids by
 * their text. From then on no event of theirs comes in and nothing is claimed for them. Undefined for who is not there.
 */
export async function lockPerson(tx: Queryable, organizationId: string, appId: string, id: string): Promise<Person | undefined> {
  type Row = { id: string; user_id: string; is_anonymous: boolean };
  const { rows } = await tx.query<Row>({
    name: 'lock_app_user',
    text: `SELECT id, user_id, is_anonymous FROM app_users
      WHERE organization_id = $1 AND app_id = $2 AND id = $3 AND claimed_by IS NULL FOR UPDATE`,
    values: [organizationId, appId, id],
  });
  if (!rows[0]) return undefined;
  const claimed = await tx.query<Row>({
    name: 'lock_claimed_ids',
    text: `SELECT id, user_id, is_anonymous FROM app_users
      WHERE organization_id = $1 AND app_id = $2 AND claimed_by = $3 ORDER BY user_id FOR UPDATE`,
    values: [organizationId, appId, id],
  });
  const all = [...rows, ...claimed.rows];
  return { ids: all.map((row) => row.id), anonymousIds: all.filter((row) => row.is_anonymous).map((row) => row.user_id) };
}

/** Removes these events; how many those were. */
export async function removeEvents(tx: Queryable, organizationId: string, appId: string, events: readonly EventPlace[]): Promise<number> {
  const values = [organizationId, appId, ...placeValues(events)];
  return (await tx.query({ name: 'erase_events', text: `DELETE FROM events USING ${placesFrom} WHERE ${atPlaces}`, values })).rowCount;
}

/** Takes the anonymous ids of a person out of at most so many events of others, who used the same device; of how many. */
export async function forgetAnonymousIds(
  tx: Queryable,
  organizationId: string,
  appId: string,
  { anonymousIds }: Person,
  rowsMax: number,
): Promise<number> {
  const { rows } = await tx.query<EventPlace>({
    name: 'list_shared_events',
    // The first two conditions are those of the index.
    text: `SELECT id, occurred_at FROM events
      WHERE user_id IS NOT NULL AND anonymous_id IS NOT NULL AND organization_id = $1 AND app_id = $2 AND anonymous_id = ANY ($3::text[]) LIMIT $4`,
    values: [organizationId, appId, anonymousIds, rowsMax],
  });
  await tx.query({
    name: 'forget_anonymous_ids',
    text: `UPDATE events SET anonymous_id = NULL FROM ${placesFrom} WHERE ${atPlaces}`,
    values: [organizationId, appId, ...placeValues(rows)],
  });
  return rows.length;
}

export async function removeRows(tx: Queryable, organizationId: string, appId: string, { ids }: Person): Promise<void> {
  await tx.query({
    name: 'erase_app_user',
    text: 'DELETE FROM app_users WHERE organization_id = $1 AND app_id = $2 AND id = ANY ($3::uuid[])',
    values: [organizationId, appId, ids],
  });
}
