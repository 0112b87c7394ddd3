import type { AppCreate, AppUpdate } from '@appstead/contract';
import { isUniqueViolation, type Queryable } from '@appstead/database';
import { v7 as uuidv7 } from 'uuid';
import { requireMatch } from '../../http/etag.ts';
import { rotationInProgress } from '../../keys/key-problems.ts';
import type { SecretBox } from '../../keys/secret-box.ts';
import { projectNotFound } from '../projects/project-problems.ts';
import { hold as holdProject } from '../projects/project-store.ts';
import { resetEndpoint } from '../webhooks/index.ts';
import { type CredentialField, type Credentials, sealCredentials } from './app-credentials.ts';
import { canonicalTimezone, normalBundleId, normalDomains } from './app-fields.ts';
import { type AppKeyKind, countOverlapping, issueAppKeys, replaceKey } from './app-keys.ts';
import { appNotFound, appProblems } from './app-problems.ts';
import * as store from './app-store.ts';

/** The grace in which a deleted app can be restored. */
export const restorableMs = 7 * 24 * 60 * 60 * 1000;

type Scope = { tx: Queryable; organizationId: string; now: Date; box: SecretBox };

/** Makes an app in a project of the organization, with its first key and secret. The secret is returned in full for the only time. */
export async function create({ tx, organizationId, now, box }: Scope, fields: AppCreate) {
  const project = await holdProject(tx, organizationId, fields.project_id);
  if (!project) throw projectNotFound();
  const id = uuidv7();
  const at = now.toISOString();
  const platform = fields.platform ?? 'web';
  const bundleId = fields.bundle_id ?? null;
  const seal = (field: CredentialField, credentials: Credentials | null | undefined) =>
    credentials ? sealCredentials(box, field, organizationId, id, credentials) : null;
  const row: store.WrittenApp = {
    id,
    team_id: project.team_id,
    project_id: project.id,
    name: fields.name,
    description: fields.description ?? null,
    platform,
    bundle_id: bundleId,
    bundle_id_normal: normalBundleId(platform, bundleId),
    environment: fields.environment ?? 'production',
    app_store_url: fields.app_store_url ?? null,
    play_store_url: fields.play_store_url ?? null,
    website_url: fields.website_url ?? null,
    authorized_domains: normalDomains(fields.authorized_domains ?? []),
    data_retention_days: fields.data_retention_days ?? 365,
    timezone: canonicalTimezone(fields.timezone ?? 'UTC'),
    features: { push: false, analytics: true, audiences: false, ai_insights: false, ...fields.features },
    status: fields.status ?? 'active',
    engagement_platform: fields.engagement_platform ?? 'none',
    engagement_credentials: seal('engagement_credentials', fields.engagement_credentials),
    email_platform: fields.email_platform ?? 'none',
    email_credentials: seal('email_credentials', fields.email_credentials),
    webhook_enabled: fields.webhook_enabled ?? false,
    webhook_url: fields.webhook_url ?? null,
    webhook_use_query_params: fields.webhook_use_query_params ?? false,
    context_info: fields.context_info ?? null,
    version: 1,
    created_at: at,
    updated_at: at,
    deleted_at: null,
  };
  const [, { apiKey, apiSecret }] = await refusingTakenBundleId(bundleId, () =>
    Promise.all([store.insert(tx, organizationId, row), issueAppKeys(tx, organizationId, id, at)]),
  );
  const noText = { url_context: null, url_context_fetched_at: null, url_context_error: null };
  const noFigures = { cached_user_count: 0, cached_event_count: 0, cached_last_event: null, stats_last_updated: null };
  const app = {
    ...row,
    ...noText,
    ...noFigures,
    organization_id: organizationId,
    api_key: apiKey,
    secret_prefix: 'as',
    secret_last_four: apiSecret.slice(-4),
  };
  return { app, apiSecret };
}

/** Changes the fields that are given; null clears, `features` merges flag by flag. */
export async function update({ tx, organizationId, now, box }: Scope, appId: string, fields: AppUpdate, ifMatch: string | undefined) {
  const before = await lockLive(tx, organizationId, appId);
  requireMatch(ifMatch, before.version);
  const { features, authorized_domains, timezone, engagement_credentials, email_credentials, ...plain } = fields;
  const seal = (field: CredentialField, credentials: Credentials | null | undefined) =>
    credentials ? sealCredentials(box, field, organizationId, before.id, credentials) : credentials === null ? null : before[field];
  const after: store.AppWithKeys = {
    ...before,
    ...plain,
    features: { ...before.features, ...features },
    authorized_domains: authorized_domains ? normalDomains(authorized_domains) : before.authorized_domains,
    timezone: timezone === undefined ? before.timezone : canonicalTimezone(timezone),
    engagement_credentials: seal('engagement_credentials', engagement_credentials),
    email_credentials: seal('email_credentials', email_credentials),
    version: before.version + 1,
    updated_at: now.toISOString(),
  };
  if (after.webhook_enabled && after.webhook_url === null) {
    throw appProblems.webhook_url_missing('An enabled webhook needs a webhook_url');
  }
  await store.update(tx, organizationId, after);
  if (isAnotherReceiver(before, after)) await resetEndpoint(tx, organizationId, appId, now);
  return { before, after };
}

/** Marks the app as deleted; its keys stop with it, because they are only as live as their app. */
export async function remove({ tx, organizationId, now }: Scope, appId: string, ifMatch: string | undefined) {
  const before = await lockLive(tx, organizationId, appId);
  requireMatch(ifMatch, before.version);
  const at = now.toISOString();
  await store.update(tx, organizationId, { ...before, deleted_at: at, updated_at: at, version: before.version + 1 });
  return before;
}

/** Brings a deleted app back within its grace, with the keys it had. */
export async function restore({ tx, organizationId, now }: Scope, appId: string) {
  const before = await store.lock(tx, organizationId, appId);
  if (!before || isPastGrace(before, now)) throw appNotFound();
  if (before.deleted_at === null) {
    throw appProblems.app_not_deleted('The app is not deleted', {
      currentState: 'live',
      legalMoves: ['updateApp', 'rotateAppKeys', 'deleteApp'],
    });
  }
  const after = { ...before, deleted_at: null, updated_at: now.toISOString(), version: before.version + 1 };
  await refusingTakenBundleId(before.bundle_id, () => store.update(tx, organizationId, after));
  return after;
}

/** Makes new keys of the given kinds; the earlier ones work until the overlap ends. */
export async function rotateKeys({ tx, organizationId, now }: Scope, appId: string, kinds: AppKeyKind[], overlapHours: number) {
  const before = await lockLive(tx, organizationId, appId);
  const at = now.toISOString();
  const overlapEndsAt = new Date(now.getTime() + overlapHours * 3_600_000).toISOString();
  const made: Partial<Record<AppKeyKind, string>> = {};
  for (const kind of kinds) {
    if (overlapHours > 0 && (await countOverlapping(tx, organizationId, appId, kind, at)) > 0) {
      throw rotationInProgress('rotateAppKeys');
    }
    made[kind] = await replaceKey(tx, organizationId, appId, kind, overlapEndsAt, at);
  }
  const after: store.AppWithKeys = {
    ...before,
    version: before.version + 1,
    updated_at: at,
    api_key: made.app_key ?? before.api_key,
    secret_last_four: made.app_secret?.slice(-4) ?? before.secret_last_four,
  };
  await store.update(tx, organizationId, after);
  return { before, after, apiSecret: made.app_secret, overlapEndsAt };
}

/** Whether events go somewhere they did not go before. */
export function isAnotherReceiver(before: store.AppRow, after: store.AppRow): boolean {
  return after.webhook_enabled && (!before.webhook_enabled || before.webhook_url !== after.webhook_url);
}

/** A live app of the organization; 404 for any other. */
export async function requireApp(db: Queryable, organizationId: string, appId: string): Promise<store.AppWithKeys> {
  const row = await store.find(db, organizationId, appId);
  if (!row) throw appNotFound();
  return row;
}

async function lockLive(tx: Queryable, organizationId: string, appId: string): Promise<store.AppWithKeys> {
  const row = await store.lock(tx, organizationId, appId);
  if (!row || row.deleted_at !== null) throw appNotFound();
  return row;
}

function isPastGrace(row: store.AppRow, now: Date): boolean {
  return row.deleted_at !== null && Date.parse(row.deleted_at) <= now.getTime() - restorableMs;
}

async function refusingTakenBundleId<T>(bundleId: string | null, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    if (!isUniqueViolation(error, 'apps_bundle_id_key')) throw error;
    throw appProblems.bundle_id_taken(`Another app of this project and platform has the bundle id ${bundleId}`, { cause: error });
  }
}
