import { lookUp, type Queryable, tenantSelect } from '@appstead/database';
import type { Position } from '../../paging/page.ts';
import type { Role } from '../../principal.ts';

export type InvitationStatus = 'open' | 'accepted' | 'revoked' | 'replaced' | 'expired';

export type InvitationRow = {
  organization_id: string;
  id: string;
  email: string;
  role: Role;
  status: InvitationStatus;
  invited_by: string;
  created_at: string;
  expires_at: string;
};

/** `now` is the place of the present instant in the statement. */
const columns = (
  now: string,
) => `invitations.organization_id, invitations.id, invitations.email, invitations.role, ${statusAt(now)} AS status,
  invitations.invited_by, invitations.created_at, invitations.expires_at`;

function statusAt(now: string): string {
  return `CASE WHEN invitations.accepted_at IS NOT NULL THEN 'accepted' WHEN invitations.revoked_at IS NOT NULL THEN 'revoked'
    WHEN invitations.replaced_at IS NOT NULL THEN 'replaced' WHEN invitations.expires_at <= ${now} THEN 'expired' ELSE 'open' END`;
}

const isOpen = 'accepted_at IS NULL AND revoked_at IS NULL AND replaced_at IS NULL AND expires_at > $3';

/** The newest first, from just after a position. */
export async function list(
  db: Queryable,
  organizationId: string,
  filter: { status?: InvitationStatus },
  after: Position | undefined,
  limit: number,
  now: string,
): Promise<InvitationRow[]> {
  const text = `SELECT ${columns('$2::timestamptz')} FROM invitations
    WHERE invitations.organization_id = tenant.id
      AND ($3::text IS NULL OR ${statusAt('$2::timestamptz')} = $3)
      AND ($4::timestamptz IS NULL OR (invitations.created_at, invitations.id) < ($4, $5::uuid))
    ORDER BY invitations.created_at DESC, invitations.id DESC LIMIT $6`;
  const values = [now, filter.status ?? null, after?.[0] ?? null, after?.[1] ?? null, limit];
  return (await db.query<InvitationRow>(tenantSelect(organizationId, { name: 'list_invitations', text, values }))).rows;
}

/** The invitation whose token has this SHA-256 (hex), of any organization, in whatever status. */
export async function findByHash(db: Queryable, hash: string, now: string): Promise<InvitationRow | undefined> {
  const text = `SELECT ${columns('$2::timestamptz')} FROM invitations WHERE invitations.hash = decode(lookup.secret, 'hex')`;
  return (await db.query<InvitationRow>(lookUp(hash, { name: 'find_invitation_by_hash', text, values: [now] }))).rows[0];
}

/** The invitation, locked until the transaction ends. */
export async function lock(tx: Queryable, organizationId: string, id: string, now: string): Promise<InvitationRow | undefined> {
  const text = `SELECT ${columns('$3::timestamptz')} FROM invitations
    WHERE invitations.organization_id = $1 AND invitations.id = $2 FOR UPDATE`;
  return (await tx.query<InvitationRow>({ text, values: [organizationId, id, now] })).rows[0];
}

export async function insert(
  tx: Queryable,
  organizationId: string,
  invitation: Omit<InvitationRow, 'organization_id' | 'status'> & { hash: string },
): Promise<void> {
  const { id, email, role, hash, invited_by, created_at, expires_at } = invitation;
  await tx.query({
    text: `INSERT INTO invitations (organization_id, id, email, role, hash, invited_by, created_at, expires_at)
      VALUES ($1, $2, $3, $4, decode($5, 'hex'), $6, $7, $8)`,
    values: [organizationId, id, email, role, hash, invited_by, created_at, expires_at],
  });
}

/** Closes the open invitation to an address, whatever the case of its letters. */
export async function replaceOpen(tx: Queryable, organizationId: string, email: string, now: string): Promise<void> {
  await tx.query({
    text: `UPDATE invitations SET replaced_at = $3 WHERE organization_id = $1 AND lower(email) = lower($2) AND ${isOpen}`,
    values: [organizationId, email, now],
  });
}

export async function accept(tx: Queryable, organizationId: string, id: string, now: string): Promise<void> {
  await tx.query({
    text: 'UPDATE invitations SET accepted_at = $3 WHERE organization_id = $1 AND id = $2',
    values: [organizationId, id, now],
  });
}

export async function revoke(tx: Queryable, organizationId: string, id: string, now: string): Promise<void> {
  await tx.query({
    text: 'UPDATE invitations SET revoked_at = $3 WHERE organization_id = $1 AND id = $2',
    values: [organizationId, id, now],
  });
}

/** Revokes the open invitations of one inviter to any role but the given ones. */
export async function revokeOthers(tx: Queryable, organizationId: string, invitedBy: string, now: string, kept: Role[]): Promise<void> {
  await tx.query({
    text: `UPDATE invitations SET revoked_at = $3 WHERE organization_id = $1 AND invited_by = $2 AND ${isOpen} AND NOT role = ANY ($4)`,
    values: [organizationId, invitedBy, now, kept],
  });
}
