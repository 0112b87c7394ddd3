import type { Queryable } from '@appstead/database';
import { v7 as uuidv7 } from 'uuid';
import { issueKey } from '../../keys/new-key.ts';
import * as users from './user-store.ts';

export type Organization = { id: string; name: string; created_at: string; updated_at: string };
export type NewOrganization = {
  id: string;
  name: string;
  owner: { id: string; name: string; email: string; passwordHash: string };
  now: Date;
};

/** Makes an organization with its owner, a default team and project, and its key, which is returned in full for the only time. */
export async function createOrganization(tx: Queryable, { id, name, owner, now }: NewOrganization) {
  const at = now.toISOString();
  await tx.query({ text: 'INSERT INTO organizations (id, name, created_at, updated_at) VALUES ($1, $2, $3, $3)', values: [id, name, at] });
  const user = { id: owner.id, email: owner.email, name: owner.name, role: 'owner' as const, created_at: at };
  await users.insert(tx, id, { ...user, passwordHash: owner.passwordHash });
  const teamId = uuidv7();
  await tx.query({
    text: `INSERT INTO teams (organization_id, id, name, is_default, created_at, updated_at) VALUES ($1, $2, 'Default team', true, $3, $3)`,
    values: [id, teamId, at],
  });
  await tx.query({
    text: `INSERT INTO projects (organization_id, id, team_id, name, is_default, created_at, updated_at) VALUES ($1, $2, $3, 'Default project', true, $4, $4)`,
    values: [id, uuidv7(), teamId, at],
  });
  const { key } = await issueKey(tx, id, 'organization_key', { now: at, createdBy: owner.id });
  const organization: Organization = { id, name, created_at: at, updated_at: at };
  return { organization, user, organizationKey: key };
}
