import { type Queryable, tenantSelect } from '@appstead/database';
import type { Position } from '../../paging/page.ts';

export type Features = { push: boolean; analytics: boolean; audiences: boolean; ai_insights: boolean };

/** A row of `apps`. The two credentials are sealed texts. */
export type AppRow = {
  organization_id: string;
  id: string;
  team_id: string;
  project_id: string;
  name: string;
  description: string | null;
  platform: 'apple' | 'android' | 'web' | 'backend';
  bundle_id: string | null;
  bundle_id_normal: string | null;
  environment: 'production' | 'staging' | 'development';
  app_store_url: string | null;
  play_store_url: string | null;
  website_url: string | null;
  authorized_domains: string[];
  data_retention_days: number;
  timezone: string;
  features: Features;
  status: 'active' | 'inactive';
  engagement_platform: 'none' | 'wonderpush';
  engagement_credentials: string | null;
  email_platform: 'none' | 'brevo';
  email_credentials: string | null;
  webhook_enabled: boolean;
  webhook_url: string | null;
  webhook_use_query_params: boolean;
  context_info: string | null;
  url_context: string | null;
  url_context_fetched_at: string | null;
  url_context_error: string | null;
  cached_user_count: number;
  cached_event_count: number;
  cached_last_event: string | null;
  stats_last_updated: string | null;
  version: number;
  created_at: string;
  updated_at: string;
  deleted_at: string | null;
};

/** An app with what is shown of its current keys. */
export type AppWithKeys = AppRow & { api_key: string; secret_prefix: string; secret_last_four: string };

export type AppFilter = {
  team_id?: string;
  project_id?: string;
  platform?: string;
  status?: string;
  environment?: string;
  search?: string;
};

const written = [
  ...['id', 'team_id', 'project_id', 'name', 'description', 'platform', 'bundle_id', 'bundle_id_normal', 'environment', 'app_store_url'],
  ...[
    'play_store_url',
    'website_url',
    'authorized_domains',
    'data_retention_days',
    'timezone',
    'features',
    'status',
    'engagement_platform',
  ],
  ...['engagement_credentials', 'email_platform', 'email_credentials', 'webhook_enabled', 'webhook_url', 'webhook_use_query_params'],
  ...['context_info', 'version', 'created_at', 'updated_at', 'deleted_at'],
] as const;

export type WrittenApp = Pick<AppRow, (typeof written)[number]>;

const read = [
  ...written,
  'organization_id',
  'url_context',
  'url_context_fetched_at',
  'url_context_error',
  'cached_user_count',
  'cached_event_count',
  'cached_last_event',
  'stats_last_updated',
];

const withKeys = `SELECT ${read.map((column) => `apps.${column}`).join(', ')}, app_keys.clear_text AS api_key, app_secrets.prefix AS secret_prefix, app_secrets.last_four AS secret_last_four
  FROM apps
  JOIN keys AS app_keys ON app_keys.organization_id = apps.organization_id AND app_keys.app_id = apps.id
    AND app_keys.kind = 'app_key' AND app_keys.revoked_at IS NULL AND app_keys.expires_at IS NULL
  JOIN keys AS app_secrets ON app_secrets.organization_id = apps.organization_id AND app_secrets.app_id = apps.id
    AND app_secrets.kind = 'app_secret' AND app_secrets.revoked_at IS NULL AND app_secrets.expires_at IS NULL`;

export async function find(db: Queryable, organizationId: string, appId: string): Promise<AppWithKeys | undefined> {
  const text = `${withKeys} WHERE apps.organization_id = tenant.id AND apps.id = $2 AND apps.deleted_at IS NULL`;
  return (await db.query<AppWithKeys>(tenantSelect(organizationId, { name: 'find_app', text, values: [appId], quick: true }))).rows[0];
}

/** The app, deleted or not, locked until the transaction ends. */
export async function lock(tx: Queryable, organizationId: string, appId: string): Promise<AppWithKeys | undefined> {
  const values = [organizationId, appId];
  // The lock comes first and alone: a statement that waits for it would go on with the keys as they were before it waited.
  await tx.query({
    name: 'lock_app',
    text: 'SELECT apps.id FROM apps WHERE apps.organization_id = $1 AND apps.id = $2 FOR NO KEY UPDATE',
    values,
  });
  const text = `${withKeys} WHERE apps.organization_id = $1 AND apps.id = $2`;
  return (await tx.query<AppWithKeys>({ name: 'find_locked_app', text, values })).rows[0];
}

/** The newest first, from just after a position. */
export async function list(
  db: Queryable,
  organizationId: string,
  filter: AppFilter,
  after: Position | undefined,
  limit: number,
): Promise<AppWithKeys[]> {
  const text = `${withKeys}
    WHERE apps.organization_id = tenant.id AND apps.deleted_at IS NULL
      AND ($2::uuid IS NULL OR apps.team_id = $2)
      AND ($3::uuid IS NULL OR apps.project_id = $3)
      AND ($4::text IS NULL OR apps.platform = $4)
      AND ($5::text IS NULL OR apps.status = $5)
      AND ($6::text IS NULL OR apps.environment = $6)
      AND ($7::text IS NULL OR position(lower($7) IN lower(apps.name)) > 0 OR position(lower($7) IN lower(apps.bundle_id)) > 0)
      AND ($8::timestamptz IS NULL OR (apps.created_at, apps.id) < ($8, $9::uuid))
    ORDER BY apps.created_at DESC, apps.id DESC LIMIT $10`;
  const { team_id, project_id, platform, status, environment, search } = filter;
  const values = [team_id, project_id, platform, status, environment, search, after?.[0], after?.[1]].map((value) => value ?? null);
  return (await db.query<AppWithKeys>(tenantSelect(organizationId, { name: 'list_apps', text, values: [...values, limit] }))).rows;
}

export async function insert(tx: Queryable, organizationId: string, app: WrittenApp): Promise<void> {
  const places = written.map((_, index) => `$${index + 2}`).join(', ');
  await tx.query({
    name: 'insert_app',
    text: `INSERT INTO apps (organization_id, ${written.join(', ')}) VALUES ($1, ${places})`,
    values: [organizationId, ...valuesOf(app)],
  });
}

/** Writes every field; the caller has the row locked and has merged into it what changes. */
export async function update(tx: Queryable, organizationId: string, app: WrittenApp): Promise<void> {
  const set = written.map((column, index) => `${column} = $${index + 2}`).join(', ');
  await tx.query({
    name: 'update_app',
    text: `UPDATE apps SET ${set} WHERE organization_id = $1 AND id = $2`,
    values: [organizationId, ...valuesOf(app)],
  });
}

function valuesOf(app: WrittenApp): unknown[] {
  return written.map((column) => (column === 'features' ? JSON.stringify(app.features) : app[column]));
}

/** Apps that were deleted before an instant, the one deleted first first. */
export async function listPurgeable(db: Queryable, organizationId: string, before: string): Promise<{ id: string }[]> {
  const text = 'SELECT apps.id FROM apps WHERE apps.organization_id = tenant.id AND apps.deleted_at < $2 ORDER BY apps.deleted_at';
  return (await db.query<{ id: string }>(tenantSelect(organizationId, { name: 'list_purgeable_apps', text, values: [before] }))).rows;
}

/** Removes for good an app that was deleted before an instant, keys included; the app that was. */
export async function purge(tx: Queryable, organizationId: string, appId: string, before: string): Promise<{ name: string } | undefined> {
  const text = 'DELETE FROM apps WHERE organization_id = $1 AND id = $2 AND deleted_at < $3 RETURNING name';
  return (await tx.query<{ name: string }>({ text, values: [organizationId, appId, before] })).rows[0];
}
