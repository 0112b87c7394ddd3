import { type Handlers, tenantOf } from '../../http/context.ts';
import { pageOf, readCursor } from '../../paging/page.ts';
import { requireApp } from '../apps/apps.ts';
import type { CachedFigures } from '../stats/cached-figures.ts';
import { appUserNotFound } from './app-user-problems.ts';
import * as store from './app-user-store.ts';
import { erase } from './erase-app-user.ts';

type AppUserOperation = 'listAppUsers' | 'getAppUser' | 'eraseAppUser';

export function appUserHandlers({ figures }: { figures: CachedFigures }): Handlers<AppUserOperation> {
  return {
    async listAppUsers({ path, query }, context) {
      const { organizationId } = tenantOf(context);
      const { limit = 50, cursor, ...filter } = query;
      const filters = ['listAppUsers', organizationId, path.app_id.toLowerCase(), filter.search, filter.is_anonymous];
      const after = readCursor(cursor, filters);
      await requireApp(context.db, organizationId, path.app_id);
      const rows = await store.list(context.db, organizationId, path.app_id, filter, after, limit + 1);
      const { page, meta } = pageOf(rows, limit, filters, (row) => [row.last_seen_at, row.id]);
      return { status: 200, body: { success: true, users: page, meta } };
    },

    async getAppUser({ path }, context) {
      const { organizationId } = tenantOf(context);
      await requireApp(context.db, organizationId, path.app_id);
      const user = await store.find(context.db, organizationId, path.app_id, path.app_user_id);
      if (!user) throw appUserNotFound();
      return { status: 200, body: { success: true, user } };
    },

    async eraseAppUser({ path }, context) {
      const { organizationId } = tenantOf(context);
      const app = await requireApp(context.db, organizationId, path.app_id);
      const receipt = await erase({ tx: context.db, organizationId, now: context.now }, app.id, path.app_user_id);
      context.afterCommit(() => figures.mark(organizationId, app.id));
      const { id, app_id, app_user_id, counts } = receipt;
      return {
        status: 200,
        body: { success: true, receipt },
        // Of the person the trail keeps only the id that nobody outside knows them by.
        audit: { resourceId: app_user_id, after: { receipt_id: id, app_id, ...counts } },
      };
    },
  };
}
