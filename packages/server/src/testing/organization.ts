import type { Queryable } from '@appstead/database';
import { v7 as uuidv7 } from 'uuid';
import { createOrganization } from '../features/accounts/organizations.ts';
import { hashPassword } from '../features/accounts/passwords.ts';
import type { Sessions } from '../features/accounts/sessions.ts';
import * as users from '../features/accounts/user-store.ts';
import { issueKey } from '../keys/new-key.ts';
import type { Role } from '../principal.ts';

export const password = 'correct horse battery staple';
// Hashing costs 25 ms; people in tests share one password, so one hash serves them all.
const passwordHash = hashPassword(password);

export type TestOrganization = { id: string; organizationKey: string; ownerId: string; ownerEmail: string; session: string };

export type TestUser = { id: string; email: string; session: string };

type Parts = {
  transact: <T>(organizationId: string, work: (tx: Queryable) => Promise<T>) => Promise<T>;
  sessions: Sessions;
  now: () => Date;
};

/** An organization as sign-up makes it, without the way over HTTP. */
export async function makeOrganization({ transact, sessions, now }: Parts): Promise<TestOrganization> {
  const [id, ownerId] = [uuidv7(), uuidv7()];
  const owner = { id: ownerId, name: 'Ada Lovelace', email: `owner-${ownerId}@example.com`, passwordHash: await passwordHash };
  await sessions.prepare();
  return transact(id, async (tx) => {
    const { organizationKey } = await createOrganization(tx, { id, name: 'Example Ltd', owner, now: now() });
    const { session } = await sessions.start(tx, id, ownerId, now());
    return { id, organizationKey, ownerId, ownerEmail: owner.email, session: session.access_token };
  });
}

/** A person of an organization, signed in. */
export async function makeUser({ transact, sessions, now }: Parts, organizationId: string, role: Role): Promise<TestUser> {
  const id = uuidv7();
  const hash = await passwordHash;
  return transact(organizationId, async (tx) => {
    const user = { id, email: `${role}-${id}@example.com`, name: `A ${role}`, role, created_at: now().toISOString() };
    await users.insert(tx, organizationId, { ...user, passwordHash: hash });
    return { id, email: user.email, session: (await sessions.start(tx, organizationId, id, now())).session.access_token };
  });
}

type KeyState = {
  scopes?: string[];
  preset?: string;
  expiresAt?: string;
  disabled?: boolean;
  revoked?: boolean;
  /** Without it, the owner. */
  createdBy?: string;
};

/** An API key in any state. */
export function makeApiKey({ transact, now }: Parts, organizationId: string, state: KeyState): Promise<string> {
  return transact(organizationId, async (tx) => {
    const { scopes = [], preset = null, expiresAt = null } = state;
    const at = now().toISOString();
    const apiKeyId = uuidv7();
    const owner = `(SELECT users.id FROM users WHERE users.organization_id = $1 AND users.role = 'owner' ORDER BY users.created_at LIMIT 1)`;
    await tx.query({
      text: `INSERT INTO api_keys (organization_id, id, name, preset, scopes, enabled, created_by, created_at, updated_at, expires_at, revoked_at)
        VALUES ($1, $2, 'A test key', $3, $4, $5, coalesce($6, ${owner}), $7, $7, $8, $9)`,
      values: [
        organizationId,
        apiKeyId,
        preset,
        scopes,
        !state.disabled,
        state.createdBy ?? null,
        at,
        expiresAt,
        state.revoked ? at : null,
      ],
    });
    return (await issueKey(tx, organizationId, 'api_key', { apiKeyId, now: at })).key;
  });
}
