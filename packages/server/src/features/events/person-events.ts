import type { Queryable } from '@appstead/database';

/** Which row of `events` is meant; `occurred_at` in ISO 8601. */
export type EventPlace = { id: string; occurred_at: string };

/** At most so many of the events about these people. */
export async function listPlaces(
  tx: Queryable,
  organizationId: string,
  appId: string,
  appUserIds: readonly string[],
  rowsMax: number,
): Promise<EventPlace[]> {
  const { rows } = await tx.query<EventPlace>({
    name: 'list_event_places',
    text: 'SELECT id, occurred_at FROM events WHERE organization_id = $1 AND app_id = $2 AND app_user_id = ANY ($3::uuid[]) LIMIT $4',
    values: [organizationId, appId, appUserIds, rowsMax],
  });
  return rows;
}

/**
 * For a statement on these rows, found before by another: the planner then takes the primary key, also where nobody has told it yet how many
 * events there are. With `placesFrom` as its FROM or USING and `atPlaces` as its WHERE; the app is $1 and $2, and these are $3 and $4.
 */
export const placesFrom = 'unnest($3::uuid[], $4::timestamptz[]) AS places (id, occurred_at)';
export const atPlaces =
  'events.organization_id = $1 AND events.app_id = $2 AND events.occurred_at = places.occurred_at AND events.id = places.id';

export function placeValues(places: readonly EventPlace[]): [string[], string[]] {
  return [places.map(({ id }) => id), places.map(({ occurred_at }) => occurred_at)];
}
