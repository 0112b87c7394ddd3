import { type Handlers, personOf } from '../../http/context.ts';
import { pageOf, readCursor } from '../../paging/page.ts';
import * as store from './notification-store.ts';

type NotificationOperation = 'listNotifications' | 'markNotificationsRead';

export function notificationHandlers(): Handlers<NotificationOperation> {
  return {
    async listNotifications({ query }, context) {
      const { organizationId, id } = personOf(context);
      const { limit = 50, cursor, unread } = query;
      const filters = ['listNotifications', organizationId, id, unread];
      const rows = await store.list(context.db, organizationId, id, { unread }, readCursor(cursor, filters), limit + 1);
      const { page, meta } = pageOf(rows, limit, filters, (row) => [row.created_at, row.id]);
      return { status: 200, body: { success: true, notifications: page.map(toNotification), meta } };
    },

    async markNotificationsRead({ body }, context) {
      const { organizationId, id } = personOf(context);
      const marked = await store.markRead(context.db, organizationId, id, body.ids, context.now.toISOString());
      return { status: 200, body: { success: true, marked }, audit: marked === 0 ? null : { resourceId: id, after: { marked } } };
    },
  };
}

function toNotification({ resource_type: type, resource_id: id, ...row }: store.NotificationRow) {
  return { ...row, resource: { type, id } };
}
