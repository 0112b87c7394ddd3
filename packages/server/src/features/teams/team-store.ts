import { type Queryable, tenantSelect } from '@appstead/database';
import type { Position } from '../../paging/page.ts';

export type TeamRow = { id: string; name: string; is_default: boolean; version: number; created_at: string; updated_at: string };

const columns = 'teams.id, teams.name, teams.is_default, teams.version, teams.created_at, teams.updated_at';

export async function find(db: Queryable, organizationId: string, teamId: string): Promise<TeamRow | undefined> {
  const text = `SELECT ${columns} FROM teams WHERE teams.organization_id = tenant.id AND teams.id = $2 AND teams.deleted_at IS NULL`;
  return (await db.query<TeamRow>(tenantSelect(organizationId, { name: 'find_team', text, values: [teamId] }))).rows[0];
}

/** The team, locked until the transaction ends against everything that changes it or adds to it. */
export async function lock(tx: Queryable, organizationId: string, teamId: string): Promise<TeamRow | undefined> {
  const text = `SELECT ${columns} FROM teams WHERE teams.organization_id = $1 AND teams.id = $2 AND teams.deleted_at IS NULL FOR UPDATE`;
  return (await tx.query<TeamRow>({ name: 'lock_team', text, values: [organizationId, teamId] })).rows[0];
}

/** The team, without an id the default one, which cannot be deleted before the transaction ends. For what is added to it. */
export async function hold(tx: Queryable, organizationId: string, teamId: string | undefined): Promise<{ id: string } | undefined> {
  const text = `SELECT teams.id FROM teams WHERE teams.organization_id = $1 AND teams.deleted_at IS NULL
    AND CASE WHEN $2::uuid IS NULL THEN teams.is_default ELSE teams.id = $2 END FOR SHARE`;
  return (await tx.query<{ id: string }>({ name: 'hold_team', text, values: [organizationId, teamId ?? null] })).rows[0];
}

/** In the order they were made, from just after a position. */
export async function list(db: Queryable, organizationId: string, after: Position | undefined, limit: number): Promise<TeamRow[]> {
  const text = `SELECT ${columns} FROM teams
    WHERE teams.organization_id = tenant.id AND teams.deleted_at IS NULL
      AND ($2::timestamptz IS NULL OR (teams.created_at, teams.id) > ($2, $3::uuid))
    ORDER BY teams.created_at, teams.id LIMIT $4`;
  const values = [after?.[0] ?? null, after?.[1] ?? null, limit];
  return (await db.query<TeamRow>(tenantSelect(organizationId, { name: 'list_teams', text, values }))).rows;
}

export async function insert(tx: Queryable, organizationId: string, team: TeamRow): Promise<void> {
  await tx.query({
    text: `INSERT INTO teams (organization_id, id, name, is_default, version, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
    values: [organizationId, team.id, team.name, team.is_default, team.version, team.created_at, team.updated_at],
  });
}

export async function rename(tx: Queryable, organizationId: string, { id, name, version, updated_at }: TeamRow): Promise<void> {
  await tx.query({
    text: 'UPDATE teams SET name = $3, version = $4, updated_at = $5 WHERE organization_id = $1 AND id = $2',
    values: [organizationId, id, name, version, updated_at],
  });
}

/** Marks the team as deleted and empties it of its members. */
export async function remove(tx: Queryable, organizationId: string, teamId: string, now: string): Promise<void> {
  await tx.query({ text: 'DELETE FROM team_members WHERE organization_id = $1 AND team_id = $2', values: [organizationId, teamId] });
  await tx.query({
    text: 'UPDATE teams SET deleted_at = $3, updated_at = $3, version = version + 1 WHERE organization_id = $1 AND id = $2',
    values: [organizationId, teamId, now],
  });
}

export async function hasProjects(tx: Queryable, organizationId: string, teamId: string): Promise<boolean> {
  const text = 'SELECT FROM projects WHERE organization_id = $1 AND team_id = $2 AND deleted_at IS NULL LIMIT 1';
  return (await tx.query({ text, values: [organizationId, teamId] })).rowCount > 0;
}
