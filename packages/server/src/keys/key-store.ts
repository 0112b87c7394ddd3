import { lookUp, type Queryable, type Statement, tenantSelect } from '@appstead/database';
import type { Rights } from '../http/scope-roles.ts';
import type { Role, SendingApp } from '../principal.ts';

export type KeyKind = 'organization_key' | 'api_key' | 'app_key' | 'app_secret';

export type KeyRow = {
  organization_id: string;
  id: string;
  kind: KeyKind;
  app_id: string | null;
  /** The API key that this is a secret of. */
  api_key_id: string | null;
  prefix: string;
  last_four: string;
  created_by: string | null;
  enabled: boolean;
  version: number;
  created_at: string;
  expires_at: string | null;
  revoked_at: string | null;
  last_used_at: string | null;
};

/**
 * A key with what its owner adds to its standing: a deleted app or a removed person ends it without a write to the key, and so does the end of
 * the API key that it is a secret of.
 */
export type FoundKey = Pick<KeyRow, 'organization_id' | 'id' | 'kind' | 'app_id' | 'prefix' | 'last_four' | 'enabled'> & {
  expires_at: string | null;
  revoked_at: string | null;
  owner_gone: boolean;
  /** Of a key or secret of an app: that app. */
  app: SendingApp | null;
  /** Of a secret of an API key: that key, and the role that its creator has now. */
  api_key: { id: string; name: string; preset: Rights['preset']; scopes: Rights['scopes']; creator_role: Role } | null;
};

const columns = `keys.organization_id, keys.id, keys.kind, keys.app_id, keys.api_key_id, keys.prefix, keys.last_four, keys.created_by,
  keys.enabled, keys.version, keys.created_at, keys.expires_at, keys.revoked_at, keys.last_used_at`;

// The key is found by its hash before the tenant is known; finding it sets the tenant for the rest of the same statement.
const findText = `SELECT keys.organization_id, keys.id, keys.kind, keys.app_id, keys.prefix, keys.last_four,
    keys.enabled AND coalesce(api_keys.enabled, true) AS enabled,
    least(keys.expires_at, api_keys.expires_at) AS expires_at,
    least(keys.revoked_at, api_keys.revoked_at) AS revoked_at,
    (apps.gone OR api_keys.creator_gone) IS TRUE AS owner_gone,
    apps.app, api_keys.api_key
  FROM keys
  CROSS JOIN LATERAL (SELECT set_config('app.organization_id', keys.organization_id::text, true)::uuid AS id OFFSET 0) AS tenant
  LEFT JOIN LATERAL (
    SELECT apps.deleted_at IS NOT NULL AS gone,
      jsonb_build_object('id', apps.id, 'status', apps.status, 'platform', apps.platform, 'bundleId', apps.bundle_id,
        'authorizedDomains', apps.authorized_domains, 'webhookEnabled', apps.webhook_enabled) AS app
    FROM apps WHERE apps.organization_id = tenant.id AND apps.id = keys.app_id OFFSET 0) AS apps ON true
  LEFT JOIN LATERAL (
    SELECT api_keys.enabled, api_keys.expires_at, api_keys.revoked_at, users.removed_at IS NOT NULL AS creator_gone,
      jsonb_build_object('id', api_keys.id, 'name', api_keys.name, 'preset', api_keys.preset, 'scopes', api_keys.scopes, 'creator_role', users.role) AS api_key
    FROM api_keys JOIN users ON users.organization_id = api_keys.organization_id AND users.id = api_keys.created_by
    WHERE api_keys.organization_id = tenant.id AND api_keys.id = keys.api_key_id OFFSET 0) AS api_keys ON true
  WHERE keys.hash = decode(lookup.secret, 'hex')`;

/** The key with this SHA-256 (hex), live or not, of any organization. */
export async function findByHash(db: Queryable, hash: string): Promise<FoundKey | undefined> {
  return (await db.query<FoundKey>(lookUp(hash, { name: 'find_key_by_hash', text: findText, quick: true }))).rows[0];
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
  apiKeyId?: string;
  hash: string;
  prefix: string;
  lastFour: string;
  clearText?: string;
  createdBy?: string;
  version?: number;
  now: string;
};

export async function insert(tx: Queryable, organizationId: string, key: NewKey): Promise<void> {
  await tx.query(insertion(organizationId, key));
}

function insertion(organizationId: string, key: NewKey): Statement {
  return {
    name: 'insert_key',
    text: `INSERT INTO keys (organization_id, id, kind, app_id, api_key_id, hash, prefix, last_four, clear_text, created_by, version, created_at)
      VALUES ($1, $2, $3, $4, $5, decode($6, 'hex'), $7, $8, $9, $10, $11, $12)`,
    values: [
      organizationId,
      key.id,
      key.kind,
      key.appId ?? null,
      key.apiKeyId ?? null,
      key.hash,
      key.prefix,
      key.lastFour,
      key.clearText ?? null,
      key.createdBy ?? null,
      key.version ?? 1,
      key.now,
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
