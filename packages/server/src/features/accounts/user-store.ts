import { lookUp, type Queryable, tenantSelect } from '@appstead/database';
import type { Role } from '../../principal.ts';

export type UserRow = {
  organization_id: string;
  id: string;
  email: string;
  name: string;
  role: Role;
  version: number;
  created_at: string;
  updated_at: string;
};

const columns = 'users.organization_id, users.id, users.email, users.name, users.role, users.version, users.created_at, users.updated_at';

/** The person with this e-mail address, of any organization, with the password hash. An address belongs to one person at a time. */
export async function findByEmail(db: Queryable, email: string): Promise<(UserRow & { password_hash: string }) | undefined> {
  const text = `SELECT ${columns}, users.password_hash FROM users WHERE lower(users.email) = lookup.secret AND users.removed_at IS NULL`;
  return (await db.query<UserRow & { password_hash: string }>(lookUp(email.toLowerCase(), { name: 'find_user_by_email', text }))).rows[0];
}

export async function insert(
  tx: Queryable,
  organizationId: string,
  user: Pick<UserRow, 'id' | 'email' | 'name' | 'role' | 'created_at'> & { passwordHash: string },
): Promise<void> {
  await tx.query({
    text: `INSERT INTO users (organization_id, id, email, name, password_hash, role, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $7)`,
    values: [organizationId, user.id, user.email, user.name, user.passwordHash, user.role, user.created_at],
  });
}

/** A person who has not left. */
export async function find(db: Queryable, organizationId: string, userId: string): Promise<UserRow | undefined> {
  const text = `SELECT ${columns} FROM users WHERE users.organization_id = tenant.id AND users.id = $2 AND users.removed_at IS NULL`;
  return (await db.query<UserRow>(tenantSelect(organizationId, { name: 'find_user', text, values: [userId] }))).rows[0];
}

/** The same with the password hash, locked until the transaction ends. */
export async function lock(
  tx: Queryable,
  organizationId: string,
  userId: string,
): Promise<(UserRow & { password_hash: string }) | undefined> {
  const text = `SELECT ${columns}, users.password_hash FROM users
    WHERE users.organization_id = $1 AND users.id = $2 AND users.removed_at IS NULL FOR NO KEY UPDATE`;
  return (await tx.query<UserRow & { password_hash: string }>({ text, values: [organizationId, userId] })).rows[0];
}

export async function rename(tx: Queryable, organizationId: string, userId: string, name: string, now: string): Promise<void> {
  await tx.query({
    text: 'UPDATE users SET name = $3, version = version + 1, updated_at = $4 WHERE organization_id = $1 AND id = $2',
    values: [organizationId, userId, name, now],
  });
}

export async function setPassword(tx: Queryable, organizationId: string, userId: string, passwordHash: string, now: string): Promise<void> {
  await tx.query({
    text: 'UPDATE users SET password_hash = $3, updated_at = $4 WHERE organization_id = $1 AND id = $2',
    values: [organizationId, userId, passwordHash, now],
  });
}
