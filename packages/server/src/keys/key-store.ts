import { lookUp, type Queryable, type Statement, tenantSelect } from '@appstead/database';

export type KeyKind = 'organization_key' | 'api_key' | 'app_key' | 'app_secret';

export type KeyRow = {
  organization_id: string;
  id: string;
  kind: KeyKind;
  app_id: string | null;
  name: string | null;
  prefix: string;
  last_four: string;
  scopes: string[];
  created_by: string | null;
  enabled: boolean;
  version: number;
  created_at: string;
  expires_at: string | null;
  revoked_at: string | null;
  last_used_at: string | null;
};

/** A key with what its owner adds to its standing: a deleted app or a removed person ends it without a write to the key. */
export type FoundKey = KeyRow & { owner_gone: boolean; owner_role: string | null };

const columns = `keys.organization_id, keys.id, keys.kind, keys.app_id, keys.name, keys.prefix, keys.last_four, keys.scopes, keys.created_by,
  keys.enabled, keys.version, keys.created_at, keys.expires_at, keys.revoked_at, keys.last_used_at`;

// The key is found by its hash before the tenant is known; finding it sets the tenant for the rest of the same statement.
const findText = `SELECT ${columns}, (apps.gone OR creators.gone) IS TRUE AS owner_gone, creators.role AS owner_role
  FROM keys
  CROSS JOIN LATERAL (SELECT set_config('app.organization_id', keys.organization_id::text, true)::uuid AS id OFFSET 0) AS tenant
  LEFT JOIN LATERAL (SELECT apps.deleted_at IS NOT NULL AS gone FROM apps WHERE apps.organization_id = tenant.id AND apps.id = keys.app_id OFFSET 0) AS apps ON true
  LEFT JOIN LATERAL (SELECT users.removed_at IS NOT NULL AS gone, users.role FROM users WHERE users.organization_id = tenant.id AND users.id = keys.created_by OFFSET 0) AS creators
    ON keys.kind = 'api_key'
  WHERE keys.hash = decode(lookup.secret, 'hex')`;

/** The key with this SHA-256 (hex), live or not, of any organization. */
export async function findByHash(db: Queryable, hash: string): Promise<FoundKey | undefined> {
  return (await db.query<FoundKey>(lookUp(hash, { name: 'find_key_by_hash', text: findText }))).rows[0];
}

/** The live organization key. */
export async function findOrganizationKey(db: Queryable, organizationId: string): Promise<KeyRow | undefined> {
  const text = `SELECT ${columns} FROM keys WHERE keys.organization_id = tenant.id AND keys.kind = 'organization_key' AND keys.revoked_at IS NULL`;
  return (await db.query<KeyRow>(tenantSelect(organizationId, { name: 'find_organization_key', text }))).rows[0];
}

/** The same, and no other transaction changes or replaces it until this one ends. */
export async function lockOrganizationKey(tx: Queryable, organizationId: string): Promise<KeyRow | undefined> {
  // The organization is locked and not the key: whoever waits for a key that is then replaced would find no live one.
  await tx.query({
    text: 'SELECT organizations.id FROM organizations WHERE organizations.id = $1 FOR NO KEY UPDATE',
    values: [organizationId],
  });
  const text = `SELECT ${columns} FROM keys WHERE keys.organization_id = $1 AND keys.kind = 'organization_key' AND keys.revoked_at IS NULL`;
  return (await tx.query<KeyRow>({ text, values: [organizationId] })).rows[0];
}

export type NewKey = {
  id: string;
  kind: KeyKind;
  appId?: string;
  name?: string;
  hash: string;
  prefix: string;
  lastFour: string;
  clearText?: string;
  scopes?: string[];
  createdBy?: string;
  version?: number;
  expiresAt?: string | null;
  now: string;
};

export async function insert(tx: Queryable, organizationId: string, key: NewKey): Promise<void> {
  await tx.query(insertion(organizationId, key));
}

function insertion(organizationId: string, key: NewKey): Statement {
  return {
    name: 'insert_key',
    text: `INSERT INTO keys (organization_id, id, kind, app_id, name, hash, prefix, last_four, clear_text, scopes, created_by, version, created_at, expires_at)
      VALUES ($1, $2, $3, $4, $5, decode($6, 'hex'), $7, $8, $9, $10, $11, $12, $13, $14)`,
    values: [
      organizationId,
      key.id,
      key.kind,
      key.appId ?? null,
      key.name ?? null,
      key.hash,
      key.prefix,
      key.lastFour,
      key.clearText ?? null,
      key.scopes ?? [],
      key.createdBy ?? null,
      key.version ?? 1,
      key.now,
      key.expiresAt ?? null,
    ],
  };
}

export async function setEnabled(tx: Queryable, organizationId: string, keyId: string, enabled: boolean): Promise<void> {
  await tx.query({
    text: 'UPDATE keys SET enabled = $3, version = version + 1 WHERE organization_id = $1 AND id = $2',
    values: [organizationId, keyId, enabled],
  });
}

export async function revoke(tx: Queryable, organizationId: string, keyId: string, now: string): Promise<void> {
  await tx.query({
    text: 'UPDATE keys SET revoked_at = $3 WHERE organization_id = $1 AND id = $2 AND revoked_at IS NULL',
    values: [organizationId, keyId, now],
  });
}

/** Notes uses of keys of one organization. Never goes backwards, whatever order the processes write in. */
export async function touch(db: Queryable, organizationId: string, uses: { id: string; at: string }[]): Promise<void> {
  await db.query({
    text: `UPDATE keys SET last_used_at = uses.at FROM unnest($2::uuid[], $3::timestamptz[]) AS uses (id, at)
      WHERE keys.organization_id = $1 AND keys.id = uses.id AND (keys.last_used_at IS NULL OR keys.last_used_at < uses.at)`,
    values: [organizationId, uses.map(({ id }) => id), uses.map(({ at }) => at)],
  });
}
