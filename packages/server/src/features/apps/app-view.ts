import type { App } from '@appstead/contract';
import { maskKey } from '../../keys/key-format.ts';
import type { SecretBox } from '../../keys/secret-box.ts';
import { maskCredentials } from './app-credentials.ts';
import type { AppWithKeys } from './app-store.ts';

/** A row as the contract shows it: the secret and the credentials masked, the publishable key in clear. */
export function toApp(row: AppWithKeys, box: SecretBox): App {
  const mask = (field: 'engagement_credentials' | 'email_credentials') =>
    maskCredentials(box, field, row.organization_id, row.id, row[field]);
  return {
    id: row.id,
    organization_id: row.organization_id,
    team_id: row.team_id,
    project_id: row.project_id,
    name: row.name,
    description: row.description,
    api_key: row.api_key,
    api_secret: maskKey(row.secret_prefix, row.secret_last_four),
    platform: row.platform,
    bundle_id: row.bundle_id,
    environment: row.environment,
    app_store_url: row.app_store_url,
    play_store_url: row.play_store_url,
    website_url: row.website_url,
    authorized_domains: row.authorized_domains,
    data_retention_days: row.data_retention_days,
    timezone: row.timezone,
    features: row.features,
    status: row.status,
    engagement_platform: row.engagement_platform,
    engagement_credentials: mask('engagement_credentials'),
    email_platform: row.email_platform,
    email_credentials: mask('email_credentials'),
    webhook_enabled: row.webhook_enabled,
    webhook_url: row.webhook_url,
    webhook_use_query_params: row.webhook_use_query_params,
    context_info: row.context_info,
    url_context: row.url_context,
    url_context_fetched_at: row.url_context_fetched_at,
    url_context_error: row.url_context_error,
    cached_user_count: row.cached_user_count,
    cached_event_count: row.cached_event_count,
    cached_last_event: row.cached_last_event,
    stats_last_updated: row.stats_last_updated,
    created_at: row.created_at,
    updated_at: row.updated_at,
  };
}

/**
 * A row as the audit trail compares it: with the credentials sealed, because old and new ones can look alike when they are masked.
 * The trail keeps only that they changed. What was read of its pages is nobody's change, and long.
 */
export function toAuditedApp(row: AppWithKeys, box: SecretBox): object {
  const { engagement_credentials, email_credentials } = row;
  const { url_context: _text, url_context_fetched_at: _at, url_context_error: _error, ...shown } = toApp(row, box);
  return { ...shown, engagement_credentials, email_credentials };
}
