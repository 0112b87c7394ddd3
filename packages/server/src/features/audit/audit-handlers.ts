import { type Handlers, tenantOf } from '../../http/context.ts';
import { instantOf } from '../../http/instant.ts';
import { pageOf, readCursor } from '../../paging/page.ts';
import { type AuditRow, list } from './audit-store.ts';

export function auditHandlers(): Handlers<'listAuditEvents'> {
  return {
    async listAuditEvents({ query }, context) {
      const { organizationId } = tenantOf(context);
      const { limit = 50, cursor, ...rest } = query;
      const filter = { ...rest, since: instantOf('since', rest.since), until: instantOf('until', rest.until) };
      const filters = ['listAuditEvents', organizationId, filter.action, filter.resource_id, filter.since, filter.until];
      const rows = await list(context.db, organizationId, filter, readCursor(cursor, filters), limit + 1);
      const { page, meta } = pageOf(rows, limit, filters, (row) => [row.created_at, row.id]);
      return { status: 200, body: { success: true, audit_events: page.map(toAuditEvent), meta } };
    },
  };
}

function toAuditEvent(row: AuditRow) {
  const { id, action, changes, request_id, created_at } = row;
  return {
    id,
    action,
    actor: { type: row.actor_type, id: row.actor_id, name: row.actor_name },
    resource: { type: row.resource_type, id: row.resource_id },
    changes,
    request_id,
    created_at,
  };
}
