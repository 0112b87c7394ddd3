import { type Queryable, tenantSelect } from '@appstead/database';
import type { Rights } from '../../http/scope-roles.ts';
import type { Position } from '../../paging/page.ts';
import type { Role } from '../../principal.ts';

/** A row of `api_keys`. */
export type ApiKeyRow = Rights & {
  id: string;
  name: string;
  enabled: boolean;
  created_by: string;
  version: number;
  created_at: string;
  updated_at: string;
  expires_at: string | null;
};

/** An API key with what is shown of its secrets, and the role that its creator has now: none when they left. */
export type ApiKeyWithSecrets = ApiKeyRow & {
  prefix: string;
  last_four: string;
  /** The latest use of any of its secrets. */
  last_used_at: string | null;
  /** When the secret before the current one ends, or ended; null when there was none. */
  previous_ends_at: string | null;
  creator_role: Role | null;
};

const written = ['name', 'preset', 'scopes', 'enabled', 'version', 'updated_at'] as const;
const read = ['id', ...written, 'created_by', 'created_at', 'expires_at'].map((column) => `api_keys.${column}`).join(', ');

const withSecrets = `SELECT ${read}, secrets.prefix, secrets.last_four, secrets.last_used_at, secrets.previous_ends_at,
    CASE WHEN users.removed_at IS NULL THEN users.role END AS creator_role
  FROM api_keys
  JOIN users ON users.organization_id = api_keys.organization_id AND users.id = api_keys.created_by
  CROSS JOIN LATERAL (
    SELECT max(keys.prefix) FILTER (WHERE keys.expires_at IS NULL) AS prefix, max(keys.last_four) FILTER (WHERE keys.expires_at IS NULL) AS last_four,
      max(keys.last_used_at) AS last_used_at, max(keys.expires_at) AS previous_ends_at
    FROM keys WHERE keys.organization_id = api_keys.organization_id AND keys.api_key_id = api_keys.id) AS secrets
  WHERE api_keys.organization_id = tenant.id AND api_keys.revoked_at IS NULL`;

/** A key that is not revoked, of anybody or of one creator. */
export async function find(
  db: Queryable,
  organizationId: string,
  apiKeyId: string,
  createdBy: string | undefined,
): Promise<ApiKeyWithSecrets | undefined> {
  const text = `${withSecrets} AND api_keys.id = $2 AND ($3::uuid IS NULL OR api_keys.created_by = $3)`;
  const statement = tenantSelect(organizationId, { name: 'find_api_key', text, values: [apiKeyId, createdBy ?? null] });
  return (await db.query<ApiKeyWithSecrets>(statement)).rows[0];
}

/** Keeps others from changing the key until the transaction ends. What is decided on must be read afterwards, secrets included. */
export async function lock(tx: Queryable, organizationId: string, apiKeyId: string): Promise<void> {
  const text = 'SELECT FROM api_keys WHERE organization_id = $1 AND id = $2 FOR NO KEY UPDATE';
  await tx.query({ name: 'lock_api_key', text, values: [organizationId, apiKeyId] });
}

/** The newest first, from just after a position, of anybody or of one creator. */
export async function list(
  db: Queryable,
  organizationId: string,
  createdBy: string | undefined,
  after: Position | undefined,
  limit: number,
): Promise<ApiKeyWithSecrets[]> {
  const text = `${withSecrets} AND ($2::uuid IS NULL OR api_keys.created_by = $2)
      AND ($3::timestamptz IS NULL OR (api_keys.created_at, api_keys.id) < ($3, $4::uuid))
    ORDER BY api_keys.created_at DESC, api_keys.id DESC LIMIT $5`;
  const values = [createdBy ?? null, after?.[0] ?? null, after?.[1] ?? null, limit];
  return (await db.query<ApiKeyWithSecrets>(tenantSelect(organizationId, { name: 'list_api_keys', text, values }))).rows;
}

/** Every key that still works by itself, the oldest first. */
export async function listLive(db: Queryable, organizationId: string, now: string): Promise<ApiKeyWithSecrets[]> {
  const text = `${withSecrets} AND (api_keys.expires_at IS NULL OR api_keys.expires_at > $2) ORDER BY api_keys.created_at, api_keys.id`;
  return (await db.query<ApiKeyWithSecrets>(tenantSelect(organizationId, { name: 'list_live_api_keys', text, values: [now] }))).rows;
}

export type EndingKey = { id: string; name: string; created_at: string; expires_at: string; creator_id: string; creator_email: string };

/** The keys that end after `now` and no later than `before`, with whom to tell; not those of people who left. */
export async function listEnding(tx: Queryable, organizationId: string, now: string, before: string): Promise<EndingKey[]> {
  const text = `SELECT api_keys.id, api_keys.name, api_keys.created_at, api_keys.expires_at, users.id AS creator_id, users.email AS creator_email
    FROM api_keys JOIN users ON users.organization_id = api_keys.organization_id AND users.id = api_keys.created_by
    WHERE api_keys.organization_id = $1 AND api_keys.revoked_at IS NULL AND users.removed_at IS NULL
      AND api_keys.expires_at > $2 AND api_keys.expires_at <= $3
    ORDER BY api_keys.expires_at, api_keys.id`;
  return (await tx.query<EndingKey>({ name: 'list_ending_api_keys', text, values: [organizationId, now, before] })).rows;
}

export async function insert(tx: Queryable, organizationId: string, key: ApiKeyRow): Promise<void> {
  const { id, name, preset, scopes, enabled, created_by, version, created_at, updated_at, expires_at } = key;
  await tx.query({
    text: `INSERT INTO api_keys (organization_id, id, name, preset, scopes, enabled, created_by, version, created_at, updated_at, expires_at)
      VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
    values: [organizationId, id, name, preset, scopes, enabled, created_by, version, created_at, updated_at, expires_at],
  });
}

/** Writes every field that can change; the caller has the row locked and has merged into it what changes. */
export async function update(tx: Queryable, organizationId: string, key: ApiKeyRow): Promise<void> {
  const set = written.map((column, index) => `${column} = $${index + 3}`).join(', ');
  await tx.query({
    text: `UPDATE api_keys SET ${set} WHERE organization_id = $1 AND id = $2`,
    values: [organizationId, key.id, ...written.map((column) => key[column])],
  });
}

/** Gives every secret of the key an end, none a later one than it had. */
export async function endSecrets(tx: Queryable, organizationId: string, apiKeyId: string, endsAt: string): Promise<void> {
  await tx.query({
    text: `UPDATE keys SET expires_at = least(expires_at, $3), version = version + 1
      WHERE organization_id = $1 AND api_key_id = $2 AND (expires_at IS NULL OR expires_at > $3)`,
    values: [organizationId, apiKeyId, endsAt],
  });
}

/** Ends the key, and with it every secret of it. */
export async function revoke(tx: Queryable, organizationId: string, apiKeyId: string, now: string): Promise<void> {
  await tx.query({
    text: 'UPDATE api_keys SET revoked_at = $3, updated_at = $3, version = version + 1 WHERE organization_id = $1 AND id = $2',
    values: [organizationId, apiKeyId, now],
  });
}
