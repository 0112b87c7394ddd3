import { type Queryable, tenantSelect } from '@appstead/database';
import type { Position } from '../../paging/page.ts';
import type { Role } from '../../principal.ts';

export type MemberRow = { id: string; name: string; email: string; role: Role; version: number; created_at: string; updated_at: string };

const columns = 'users.id, users.name, users.email, users.role, users.version, users.created_at, users.updated_at';

/** In the order they joined, from just after a position. */
export async function list(
  db: Queryable,
  organizationId: string,
  filter: { role?: string },
  after: Position | undefined,
  limit: number,
): Promise<MemberRow[]> {
  const text = `SELECT ${columns} FROM users
    WHERE users.organization_id = tenant.id AND users.removed_at IS NULL
      AND ($2::text IS NULL OR users.role = $2)
      AND ($3::timestamptz IS NULL OR (users.created_at, users.id) > ($3, $4::uuid))
    ORDER BY users.created_at, users.id LIMIT $5`;
  const values = [filter.role ?? null, after?.[0] ?? null, after?.[1] ?? null, limit];
  return (await db.query<MemberRow>(tenantSelect(organizationId, { name: 'list_members', text, values }))).rows;
}

/** A member who has not left. Only as good as a lock on the organization where something is decided by it. */
export async function find(tx: Queryable, organizationId: string, memberId: string): Promise<MemberRow | undefined> {
  const text = `SELECT ${columns} FROM users WHERE users.organization_id = $1 AND users.id = $2 AND users.removed_at IS NULL`;
  return (await tx.query<MemberRow>({ name: 'find_member', text, values: [organizationId, memberId] })).rows[0];
}

export async function countOwners(tx: Queryable, organizationId: string): Promise<number> {
  const text = `SELECT count(*)::integer AS owners FROM users WHERE organization_id = $1 AND role = 'owner' AND removed_at IS NULL`;
  return (await tx.query<{ owners: number }>({ text, values: [organizationId] })).rows[0]?.owners ?? 0;
}

/** The ids of those who manage the organization: owners and admins who have not left. */
export async function listAdmins(tx: Queryable, organizationId: string): Promise<string[]> {
  const text = `SELECT id FROM users WHERE organization_id = $1 AND role IN ('owner', 'admin') AND removed_at IS NULL ORDER BY id`;
  return (await tx.query<{ id: string }>({ text, values: [organizationId] })).rows.map(({ id }) => id);
}

export async function setRole(tx: Queryable, organizationId: string, memberId: string, role: Role, now: string): Promise<void> {
  await tx.query({
    text: 'UPDATE users SET role = $3, version = version + 1, updated_at = $4 WHERE organization_id = $1 AND id = $2',
    values: [organizationId, memberId, role, now],
  });
}

/** Marks the person as gone. The row stays, because others refer to it; the address is free again. */
export async function remove(tx: Queryable, organizationId: string, memberId: string, now: string): Promise<void> {
  await tx.query({
    text: 'UPDATE users SET removed_at = $3, updated_at = $3, version = version + 1 WHERE organization_id = $1 AND id = $2',
    values: [organizationId, memberId, now],
  });
}

export async function leaveTeams(tx: Queryable, organizationId: string, memberId: string): Promise<void> {
  await tx.query({ text: 'DELETE FROM team_members WHERE organization_id = $1 AND user_id = $2', values: [organizationId, memberId] });
}

/** Revokes the API keys somebody made, with every secret of them. */
export async function revokeApiKeys(tx: Queryable, organizationId: string, memberId: string, now: string): Promise<void> {
  const values = [organizationId, memberId, now];
  await tx.query({
    text: `UPDATE keys SET revoked_at = $3 FROM api_keys
      WHERE keys.organization_id = $1 AND keys.revoked_at IS NULL
        AND api_keys.organization_id = $1 AND api_keys.id = keys.api_key_id AND api_keys.created_by = $2`,
    values,
  });
  await tx.query({
    text: `UPDATE api_keys SET revoked_at = $3, updated_at = $3, version = version + 1
      WHERE organization_id = $1 AND created_by = $2 AND revoked_at IS NULL`,
    values,
  });
}
