import { type Handlers, tenantOf } from '../../http/context.ts';
import { invalidAt } from '../../http/http-problems.ts';
import { pageOf, readCursor } from '../../paging/page.ts';
import { type AuditRow, list } from './audit-store.ts';

export function auditHandlers(): Handlers<'listAuditEvents'> {
  return {
    async listAuditEvents({ query }, context) {
      const { organizationId } = tenantOf(context);
      const { limit = 50, cursor, ...rest } = query;
      const filter = { ...rest, since: instant('since', rest.since), until: instant('until', rest.until) };
      const filters = ['listAuditEvents', organizationId, filter.action, filter.resource_id, filter.since, filter.until];
      const rows = await list(context.db, organizationId, filter, readCursor(cursor, filters), limit + 1);
      const { page, meta } = pageOf(rows, limit, filters, (row) => [row.created_at, row.id]);
      return { status: 200, body: { success: true, audit_events: page.map(toAuditEvent), meta } };
    },
  };
}

/**
 * An instant as the database takes it. RFC 3339 allows more than a timestamp can hold: the year 0, offsets of a whole day, a 30 February,
 * a leap second at any minute. 400 for those.
 */
function instant(name: string, text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const at = new Date(text);
  if (Number.isNaN(at.getTime()) || at.getUTCFullYear() < 1 || at.getUTCFullYear() > 9999) {
    throw invalidAt(`query.${name}`, 'must be an instant of the years 1 to 9999', 'format');
  }
  return at.toISOString();
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
