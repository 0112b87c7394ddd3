import { type Queryable, tenantSelect } from '@appstead/database';
import type { Position } from '../../paging/page.ts';

export type Properties = Record<string, string | number | boolean>;

/** A person as they are read: a row of `app_users` that is not a claimed anonymous id, with those that are claimed for it. */
export type AppUserRow = {
  id: string;
  app_id: string;
  user_id: string;
  is_anonymous: boolean;
  first_seen_at: string;
  last_seen_at: string;
  claimed_from: string[] | null;
  properties: Properties;
};

export type AppUserFilter = { search?: string; is_anonymous?: 'true' | 'false' };

// A device that many people share, or a script that makes up ids, must not make an answer grow without end.
const claimedMax = 100;

const people = `SELECT people.id, people.app_id, people.user_id, people.is_anonymous, people.first_seen_at, people.last_seen_at, people.properties,
    (SELECT array_agg(claimed.user_id ORDER BY claimed.last_seen_at DESC, claimed.id DESC) FROM (
      SELECT ids.user_id, ids.last_seen_at, ids.id FROM app_users AS ids
      WHERE ids.organization_id = tenant.id AND ids.app_id = people.app_id AND ids.claimed_by = people.id
      ORDER BY ids.last_seen_at DESC, ids.id DESC LIMIT ${claimedMax}) AS claimed) AS claimed_from
  FROM app_users AS people
  WHERE people.organization_id = tenant.id AND people.app_id = $2 AND people.claimed_by IS NULL`;

export async function find(db: Queryable, organizationId: string, appId: string, id: string): Promise<AppUserRow | undefined> {
  const statement = { name: 'find_app_user', text: `${people} AND people.id = $3`, values: [appId, id] };
  return (await db.query<AppUserRow>(tenantSelect(organizationId, statement))).rows[0];
}

/** The one seen last first, from just after a position. */
export async function list(
  db: Queryable,
  organizationId: string,
  appId: string,
  { search, is_anonymous }: AppUserFilter,
  after: Position | undefined,
  limit: number,
): Promise<AppUserRow[]> {
  const text = `${people}
      AND ($3::text IS NULL OR position(lower($3) IN lower(people.user_id)) > 0)
      AND ($4::boolean IS NULL OR people.is_anonymous = $4)
      AND (people.last_seen_at, people.id) < (coalesce($5::timestamptz, 'infinity'), coalesce($6, 'ffffffff-ffff-ffff-ffff-ffffffffffff')::uuid)
    ORDER BY people.last_seen_at DESC, people.id DESC LIMIT $7`;
  const values = [appId, search ?? null, is_anonymous ?? null, after?.[0] ?? null, after?.[1] ?? null, limit];
  return (await db.query<AppUserRow>(tenantSelect(organizationId, { name: 'list_app_users', text, values }))).rows;
}
