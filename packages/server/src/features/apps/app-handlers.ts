import { type Context, type Handlers, tenantOf } from '../../http/context.ts';
import { etagOf } from '../../http/etag.ts';
import type { SecretBox } from '../../keys/secret-box.ts';
import { pageOf, readCursor } from '../../paging/page.ts';
import * as store from './app-store.ts';
import { toApp, toAuditedApp } from './app-view.ts';
import * as apps from './apps.ts';

type AppOperation = 'listApps' | 'createApp' | 'getApp' | 'updateApp' | 'deleteApp' | 'restoreApp' | 'rotateAppKeys';

const kinds = { key: ['app_key'], secret: ['app_secret'], both: ['app_key', 'app_secret'] } as const;

export function appHandlers({ box }: { box: SecretBox }): Handlers<AppOperation> {
  const scope = (context: Context) => ({ tx: context.db, organizationId: tenantOf(context).organizationId, now: context.now, box });
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
      const { app, apiSecret } = await apps.create(scope(context), body);
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
      const { before, after } = await apps.update(scope(context), path.app_id, body, header['If-Match']);
      return {
        status: 200,
        headers: { ETag: etagOf(after.version) },
        body: { success: true, app: toApp(after, box) },
        audit: { resourceId: after.id, before: toAuditedApp(before, box), after: toAuditedApp(after, box) },
      };
    },

    async deleteApp({ path, header }, context) {
      const before = await apps.remove(scope(context), path.app_id, header['If-Match']);
      return { status: 200, body: { success: true, deleted: true }, audit: { resourceId: before.id, before: toApp(before, box) } };
    },

    async restoreApp({ path }, context) {
      const row = await apps.restore(scope(context), path.app_id);
      const app = toApp(row, box);
      return {
        status: 200,
        headers: { ETag: etagOf(row.version) },
        body: { success: true, app },
        audit: { resourceId: row.id, after: app },
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
