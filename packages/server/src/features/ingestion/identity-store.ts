import { type Queryable, tenantSelect } from '@appstead/database';
import { atPlaces, listPlaces, placesFrom, placeValues } from '../events/person-events.ts';
import type { Properties } from './user-properties.ts';

/** What is known of a user_id and an anonymous_id; each is null where there is no row. */
export type Known = { id: string | null; properties: Properties | null; claimed_by: string | null };

export type Person = { id: string; properties: Properties; is_new: boolean };
export type Claimed = { id: string; claimed_by: string; is_new: boolean };

/** What is known now, without a lock. */
export async function findKnown(
  db: Queryable,
  organizationId: string,
  appId: string,
  userId: string,
  anonymousId: string | undefined,
): Promise<Known> {
  const text = `SELECT people.id, people.properties, ids.claimed_by
    FROM (SELECT) AS one
    LEFT JOIN app_users AS people ON people.organization_id = tenant.id AND people.app_id = $2 AND NOT people.is_anonymous AND people.user_id = $3
    LEFT JOIN app_users AS ids ON ids.organization_id = tenant.id AND ids.app_id = $2 AND ids.is_anonymous AND ids.user_id = $4`;
  const statement = { name: 'find_identity', text, values: [appId, userId, anonymousId ?? null] };
  return (await db.query<Known>(tenantSelect(organizationId, statement))).rows[0] as Known;
}

/** The person of a user_id, made unless there is one, locked until the transaction ends. `now` is ISO text. */
export async function holdPerson(
  tx: Queryable,
  organizationId: string,
  appId: string,
  { id, userId, now }: { id: string; userId: string; now: string },
): Promise<Person> {
  const { rows } = await tx.query<Person>({
    name: 'hold_person',
    text: `INSERT INTO app_users (organization_id, app_id, id, user_id, is_anonymous, first_seen_at, last_seen_at) VALUES ($1, $2, $3, $4, false, $5, $5)
      ON CONFLICT (organization_id, app_id, is_anonymous, user_id) DO UPDATE SET user_id = excluded.user_id
      RETURNING app_users.id, app_users.properties, app_users.xmax = 0 AS is_new`,
    values: [organizationId, appId, id, userId, now],
  });
  return rows[0] as Person;
}

/** Whose an anonymous id is: what it was, or the given person. Its row is made unless there is one, and locked until the transaction ends. */
export async function claim(
  tx: Queryable,
  organizationId: string,
  appId: string,
  { id, anonymousId, personId, now }: { id: string; anonymousId: string; personId: string; now: string },
): Promise<Claimed> {
  const { rows } = await tx.query<Claimed>({
    name: 'claim_anonymous_id',
    text: `INSERT INTO app_users (organization_id, app_id, id, user_id, is_anonymous, first_seen_at, last_seen_at, claimed_by)
      VALUES ($1, $2, $3, $4, true, $5, $5, $6)
      ON CONFLICT (organization_id, app_id, is_anonymous, user_id) DO UPDATE SET claimed_by = coalesce(app_users.claimed_by, excluded.claimed_by)
      RETURNING app_users.id, app_users.claimed_by, app_users.xmax = 0 AS is_new`,
    values: [organizationId, appId, id, anonymousId, now, personId],
  });
  return rows[0] as Claimed;
}

/** Gives at most so many of the events of one row to another; how many. */
export async function moveEvents(
  tx: Queryable,
  organizationId: string,
  appId: string,
  { fromId, toId }: { fromId: string; toId: string },
  rowsMax: number,
): Promise<number> {
  const places = await listPlaces(tx, organizationId, appId, [fromId], rowsMax);
  await tx.query({
    name: 'move_events',
    text: `UPDATE events SET app_user_id = $5 FROM ${placesFrom} WHERE ${atPlaces}`,
    values: [organizationId, appId, ...placeValues(places), toId],
  });
  return places.length;
}

/** Gives a person the time in which an anonymous id was seen: instead of theirs if nothing else has seen them, else beside it. */
export async function takeTimes(
  tx: Queryable,
  organizationId: string,
  appId: string,
  { personId, anonymousRowId, instead }: { personId: string; anonymousRowId: string; instead: boolean },
): Promise<void> {
  await tx.query({
    name: 'take_times',
    text: `UPDATE app_users AS people SET
        first_seen_at = CASE WHEN $5 THEN ids.first_seen_at ELSE least(people.first_seen_at, ids.first_seen_at) END,
        last_seen_at = CASE WHEN $5 THEN ids.last_seen_at ELSE greatest(people.last_seen_at, ids.last_seen_at) END
      FROM app_users AS ids
      WHERE people.organization_id = $1 AND people.app_id = $2 AND people.id = $3
        AND ids.organization_id = $1 AND ids.app_id = $2 AND ids.id = $4`,
    values: [organizationId, appId, personId, anonymousRowId, instead],
  });
}

export async function setProperties(
  tx: Queryable,
  organizationId: string,
  appId: string,
  id: string,
  properties: Properties,
): Promise<void> {
  await tx.query({
    name: 'set_user_properties',
    text: 'UPDATE app_users SET properties = $4 WHERE organization_id = $1 AND app_id = $2 AND id = $3',
    values: [organizationId, appId, id, JSON.stringify(properties)],
  });
}
