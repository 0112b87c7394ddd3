import type { Queryable } from '../database.ts';

export const acme = '0197a000-0000-7000-8000-00000000000a';
export const globex = '0197a000-0000-7000-8000-00000000000b';

/** The row of an organization, inserted by the application itself inside a transaction of that organization. */
export async function insertOrganization(tx: Queryable, id: string, name = 'Some organization'): Promise<void> {
  await tx.query({
    name: 'insert organization',
    text: 'INSERT INTO organizations (id, name, created_at, updated_at) VALUES ($1, $2, now(), now())',
    values: [id, name],
  });
}

export async function insertUser(tx: Queryable, organizationId: string, id: string, email: string): Promise<void> {
  await tx.query({
    text: `INSERT INTO users (organization_id, id, email, name, password_hash, role, created_at, updated_at)
           VALUES ($1, $2, $3, 'Somebody', 'none', 'owner', now(), now())`,
    values: [organizationId, id, email],
  });
}
