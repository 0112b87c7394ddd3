import { type Handlers, tenantOf } from '../../http/context.ts';
import { instantOf } from '../../http/instant.ts';
import { pageOf, readCursor } from '../../paging/page.ts';
import { requireApp } from '../apps/apps.ts';
import * as store from './event-store.ts';
import { toAppEvent } from './event-view.ts';

export function eventHandlers(): Handlers<'listAppEvents'> {
  return {
    async listAppEvents({ path, query }, context) {
      const { organizationId } = tenantOf(context);
      const { limit = 50, cursor, name, app_user_id } = query;
      const [since, until] = [instantOf('since', query.since), instantOf('until', query.until)];
      const filters = ['listAppEvents', organizationId, path.app_id.toLowerCase(), name, app_user_id?.toLowerCase(), since, until];
      const after = readCursor(cursor, filters);
      await requireApp(context.db, organizationId, path.app_id);
      const rows = await store.list(context.db, organizationId, path.app_id, { name, app_user_id, since, until }, after, limit + 1);
      const { page, meta } = pageOf(rows, limit, filters, (row) => [row.occurred_at, row.id]);
      return { status: 200, body: { success: true, events: page.map(toAppEvent), meta } };
    },
  };
}
