import { lookUp, type Queryable } from '@appstead/database';
import type { Role } from '../../principal.ts';

export type UserRow = { organization_id: string; id: string; email: string; name: string; role: Role; created_at: string };

const columns = 'users.organization_id, users.id, users.email, users.name, users.role, users.created_at';

/** The person with this e-mail address, of any organization, with the password hash. An address belongs to one person at a time. */
export async function findByEmail(db: Queryable, email: string): Promise<(UserRow & { password_hash: string }) | undefined> {
  const text = `SELECT ${columns}, users.password_hash FROM users WHERE lower(users.email) = lookup.secret AND users.removed_at IS NULL`;
  return (await db.query<UserRow & { password_hash: string }>(lookUp(email.toLowerCase(), { name: 'find_user_by_email', text }))).rows[0];
}

export async function insert(
  tx: Queryable,
  organizationId: string,
  user: Omit<UserRow, 'organization_id'> & { passwordHash: string },
): Promise<void> {
  await tx.query({
    text: `INSERT INTO users (organization_id, id, email, name, password_hash, role, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $7)`,
    values: [organizationId, user.id, user.email, user.name, user.passwordHash, user.role, user.created_at],
  });
}
