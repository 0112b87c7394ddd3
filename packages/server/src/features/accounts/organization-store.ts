import { type Queryable, tenantSelect } from '@appstead/database';

export type OrganizationRow = { id: string; name: string; version: number; created_at: string; updated_at: string };

const columns = 'organizations.id, organizations.name, organizations.version, organizations.created_at, organizations.updated_at';

export async function find(db: Queryable, organizationId: string): Promise<OrganizationRow> {
  const text = `SELECT ${columns} FROM organizations WHERE organizations.id = tenant.id`;
  return existing((await db.query<OrganizationRow>(tenantSelect(organizationId, { name: 'find_organization', text }))).rows[0]);
}

/**
 * The organization, locked until the transaction ends. Whoever changes who belongs to it, or what they may do, takes this lock first and
 * reads afterwards, so that two such changes never decide on the same state. Rows that refer to the organization can still be written.
 */
export async function lock(tx: Queryable, organizationId: string): Promise<OrganizationRow> {
  const text = `SELECT ${columns} FROM organizations WHERE organizations.id = $1 FOR NO KEY UPDATE`;
  return existing((await tx.query<OrganizationRow>({ name: 'lock_organization', text, values: [organizationId] })).rows[0]);
}

export async function rename(tx: Queryable, organizationId: string, name: string, now: string): Promise<void> {
  await tx.query({
    text: 'UPDATE organizations SET name = $2, version = version + 1, updated_at = $3 WHERE id = $1',
    values: [organizationId, name, now],
  });
}

function existing(row: OrganizationRow | undefined): OrganizationRow {
  if (!row) throw new Error('the organization of a principal always exists');
  return row;
}
