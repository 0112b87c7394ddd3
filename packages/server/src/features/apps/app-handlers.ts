import type { GuardedSender } from '../../egress/guarded-sender.ts';
import { type Context, type Handlers, tenantOf } from '../../http/context.ts';
import { etagOf } from '../../http/etag.ts';
import type { JobQueue } from '../../jobs/job-queue.ts';
import type { SecretBox } from '../../keys/secret-box.ts';
import { pageOf, readCursor } from '../../paging/page.ts';
import { followUrls } from '../url-context/url-context.ts';
import type { WebhookWaker } from '../webhooks/index.ts';
import * as store from './app-store.ts';
import { requireCallable } from './app-urls.ts';
import { toApp, toAuditedApp } from './app-view.ts';
import * as apps from './apps.ts';

type AppOperation = 'listApps' | 'createApp' | 'getApp' | 'updateApp' | 'deleteApp' | 'restoreApp' | 'rotateAppKeys';

const kinds = { key: ['app_key'], secret: ['app_secret'], both: ['app_key', 'app_secret'] } as const;

type Services = { box: SecretBox; sender: GuardedSender; jobs: JobQueue; webhooks: WebhookWaker };

export function appHandlers({ box, sender, jobs, webhooks }: Services): Handlers<AppOperation> {
  const scope = (context: Context) => ({ tx: context.db, organizationId: tenantOf(context).organizationId, now: context.now, box });
  /** Has the pages of an app read that are others than before; the app as it is now, without the text of the earlier ones. */
  const readPages = async (context: Context, app: store.AppWithKeys, before?: store.AppWithKeys): Promise<store.AppWithKeys> => {
    if (!(await followUrls(context.db, jobs, app, before))) return app;
    context.afterCommit(() => jobs.wake());
    return before ? { ...app, url_context: null, url_context_fetched_at: null, url_context_error: null } : app;
  };
  return {
    async listApps({ query }, context) {
      const { organizationId } = tenantOf(context);
      const { limit = 50, cursor, ...filter } = query;
      const { team_id, project_id, platform, status, environment, search } = filter;
      const filters = ['listApps', organizationId, team_id, project_id, platform, status, environment, search];
      const rows = await store.list(context.db, organizationId, filter, readCursor(cursor, filters), limit + 1);
      const { page, meta } = pageOf(rows, limit, filters, (row) => [row.created_at, row.id]);
      return { status: 200, body: { success: true, apps: page.map((row) => toApp(row, box)), meta } };
    },

    async createApp({ body }, context) {
      requireCallable(sender, body);
      const { app, apiSecret } = await apps.create(scope(context), body);
      await readPages(context, app);
      const shown = toApp(app, box);
      return {
        status: 201,
        headers: { ETag: etagOf(app.version) },
        body: { success: true, app: { ...shown, api_secret: apiSecret } },
        audit: { resourceId: app.id, after: shown },
      };
    },

    async getApp({ path }, context) {
      const row = await apps.requireApp(context.db, tenantOf(context).organizationId, path.app_id);
      return { status: 200, headers: { ETag: etagOf(row.version) }, body: { success: true, app: toApp(row, box) } };
    },

    async updateApp({ path, header, body }, context) {
      requireCallable(sender, body);
      const { before, after: changed } = await apps.update(scope(context), path.app_id, body, header['If-Match']);
      const after = await readPages(context, changed, before);
      if (apps.isAnotherReceiver(before, after)) context.afterCommit(() => webhooks.wake(after.organization_id, after.id));
      return {
        status: 200,
        headers: { ETag: etagOf(after.version) },
        body: { success: true, app: toApp(after, box) },
        audit: { resourceId: after.id, before: toAuditedApp(before, box), after: toAuditedApp(after, box) },
      };
    },

    async deleteApp({ path, header }, context) {
      const before = await apps.remove(scope(context), path.app_id, header['If-Match']);
      return { status: 200, body: { success: true, deleted: true }, audit: { resourceId: before.id, before: toAuditedApp(before, box) } };
    },

    async restoreApp({ path }, context) {
      const row = await apps.restore(scope(context), path.app_id);
      await readPages(context, row);
      return {
        status: 200,
        headers: { ETag: etagOf(row.version) },
        body: { success: true, app: toApp(row, box) },
        audit: { resourceId: row.id, after: toAuditedApp(row, box) },
      };
    },

    async rotateAppKeys({ path, body }, context) {
      const { before, after, apiSecret, overlapEndsAt } = await apps.rotateKeys(
        scope(context),
        path.app_id,
        [...kinds[body.keys]],
        body.overlap_hours ?? 24,
      );
      const app = toApp(after, box);
      return {
        status: 200,
        headers: { ETag: etagOf(after.version) },
        body: { success: true, app: apiSecret ? { ...app, api_secret: apiSecret } : app, overlap_ends_at: overlapEndsAt },
        audit: { resourceId: after.id, before: toApp(before, box), after: app },
      };
    },
  };
}
