import { type Queryable, tenantSelect } from '@appstead/database';
import type { Position } from '../../paging/page.ts';
import type { TeamRole } from '../../principal.ts';

export type TeamMemberRow = { member_id: string; team_id: string; name: string; email: string; role: TeamRole; created_at: string };

/** In the order they came into the team, from just after a position. */
export async function list(
  db: Queryable,
  organizationId: string,
  teamId: string,
  after: Position | undefined,
  limit: number,
): Promise<TeamMemberRow[]> {
  const text = `SELECT team_members.user_id AS member_id, team_members.team_id, users.name, users.email, team_members.role, team_members.created_at
    FROM team_members
    JOIN users ON users.organization_id = team_members.organization_id AND users.id = team_members.user_id
    WHERE team_members.organization_id = tenant.id AND team_members.team_id = $2 AND users.removed_at IS NULL
      AND ($3::timestamptz IS NULL OR (team_members.created_at, team_members.user_id) > ($3, $4::uuid))
    ORDER BY team_members.created_at, team_members.user_id LIMIT $5`;
  const values = [teamId, after?.[0] ?? null, after?.[1] ?? null, limit];
  return (await db.query<TeamMemberRow>(tenantSelect(organizationId, { name: 'list_team_members', text, values }))).rows;
}

/** A member of the organization with their place in the team, if they have one; cannot leave the organization before the transaction ends. */
export async function holdPerson(tx: Queryable, organizationId: string, teamId: string, memberId: string) {
  const text = `SELECT users.id, users.name, users.email, places.role, places.created_at FROM users
    LEFT JOIN team_members AS places ON places.organization_id = users.organization_id AND places.user_id = users.id AND places.team_id = $2
    WHERE users.organization_id = $1 AND users.id = $3 AND users.removed_at IS NULL FOR SHARE OF users`;
  const { rows } = await tx.query<{ id: string; name: string; email: string; role: TeamRole | null; created_at: string | null }>({
    text,
    values: [organizationId, teamId, memberId],
  });
  return rows[0];
}

/** Puts somebody into the team, or changes their role in it. */
export async function put(tx: Queryable, organizationId: string, member: TeamMemberRow): Promise<void> {
  await tx.query({
    text: `INSERT INTO team_members (organization_id, team_id, user_id, role, created_at) VALUES ($1, $2, $3, $4, $5)
      ON CONFLICT (organization_id, team_id, user_id) DO UPDATE SET role = excluded.role`,
    values: [organizationId, member.team_id, member.member_id, member.role, member.created_at],
  });
}

/** The role they had, or undefined when they were not in the team. */
export async function remove(tx: Queryable, organizationId: string, teamId: string, memberId: string): Promise<TeamRole | undefined> {
  const { rows } = await tx.query<{ role: TeamRole }>({
    text: 'DELETE FROM team_members WHERE organization_id = $1 AND team_id = $2 AND user_id = $3 RETURNING role',
    values: [organizationId, teamId, memberId],
  });
  return rows[0]?.role;
}
