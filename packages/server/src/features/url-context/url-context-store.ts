import { type Queryable, tenantSelect } from '@appstead/database';

/** The pages of an app, in the order their texts stand in. */
export const urlFields = ['website_url', 'app_store_url', 'play_store_url'] as const;
export type UrlField = (typeof urlFields)[number];
export type AppUrls = Record<UrlField, string | null>;

/** Of a live app. */
export async function findUrls(db: Queryable, organizationId: string, appId: string): Promise<AppUrls | undefined> {
  const text = `SELECT apps.website_url, apps.app_store_url, apps.play_store_url FROM apps
    WHERE apps.organization_id = tenant.id AND apps.id = $2 AND apps.deleted_at IS NULL`;
  return (await db.query<AppUrls>(tenantSelect(organizationId, { name: 'find_app_urls', text, values: [appId] }))).rows[0];
}

/** Takes away what was read, because it was read from other pages. */
export async function clear(tx: Queryable, organizationId: string, appId: string): Promise<void> {
  await tx.query({
    name: 'clear_url_context',
    text: `UPDATE apps SET url_context = NULL, url_context_fetched_at = NULL, url_context_error = NULL
      WHERE organization_id = $1 AND id = $2 AND (url_context, url_context_fetched_at, url_context_error) IS DISTINCT FROM (NULL, NULL, NULL)`,
    values: [organizationId, appId],
  });
}

/**
 * Stores what was read, unless the URLs are others by now or a later reading was stored before. Without `text` the earlier one stays. The
 * version of the app stays too: what is read is not what somebody wrote.
 */
export async function store(
  tx: Queryable,
  organizationId: string,
  appId: string,
  { urls, startedAt, text, error }: { urls: AppUrls; startedAt: string; text: string | null | undefined; error: string | null },
): Promise<void> {
  await tx.query({
    name: 'store_url_context',
    text: `UPDATE apps SET url_context_error = $8,
        url_context = CASE WHEN $6 THEN $7 ELSE url_context END,
        url_context_fetched_at = CASE WHEN NOT $6 THEN url_context_fetched_at WHEN $7 IS NULL THEN NULL ELSE $9::timestamptz END
      WHERE organization_id = $1 AND id = $2 AND deleted_at IS NULL
        AND (website_url, app_store_url, play_store_url) IS NOT DISTINCT FROM ($3, $4, $5)
        AND (url_context_fetched_at IS NULL OR url_context_fetched_at <= $9)`,
    values: [organizationId, appId, ...urlFields.map((field) => urls[field]), text !== undefined, text ?? null, error, startedAt],
  });
}
