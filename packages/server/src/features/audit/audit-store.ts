import { type Queryable, tenantSelect } from '@appstead/database';
import type { Position } from '../../paging/page.ts';

export type AuditRow = {
  id: string;
  action: string;
  actor_type: 'user' | 'organization_key' | 'api_key' | 'app_key' | 'system';
  actor_id: string | null;
  actor_name: string;
  resource_type: string;
  resource_id: string;
  changes: Record<string, { before: unknown; after: unknown }>;
  request_id: string;
  created_at: string;
};

export type AuditFilter = { action?: string; resource_id?: string; since?: string; until?: string };

/** The newest entries first, from just after a position. */
export async function list(
  db: Queryable,
  organizationId: string,
  filter: AuditFilter,
  after: Position | undefined,
  limit: number,
): Promise<AuditRow[]> {
  const text = `SELECT events.id, events.action, events.actor_type, events.actor_id, events.actor_name, events.resource_type, events.resource_id,
      events.changes, events.request_id, events.created_at
    FROM audit_events AS events
    WHERE events.organization_id = tenant.id
      AND ($2::text IS NULL OR events.action = $2)
      AND ($3::uuid IS NULL OR events.resource_id = $3)
      AND ($4::timestamptz IS NULL OR events.created_at >= $4)
      AND ($5::timestamptz IS NULL OR events.created_at < $5)
      AND ($6::timestamptz IS NULL OR (events.created_at, events.id) < ($6, $7::uuid))
    ORDER BY events.created_at DESC, events.id DESC LIMIT $8`;
  const values = [
    filter.action ?? null,
    filter.resource_id ?? null,
    filter.since ?? null,
    filter.until ?? null,
    after?.[0] ?? null,
    after?.[1] ?? null,
    limit,
  ];
  return (await db.query<AuditRow>(tenantSelect(organizationId, { name: 'list_audit_events', text, values }))).rows;
}
