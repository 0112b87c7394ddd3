import type { Queryable } from '@appstead/database';

/** The actions recorded about a resource, oldest first. */
export async function auditActions(admin: Queryable, resourceId: string): Promise<string[]> {
  const { rows } = await admin.query<{ action: string }>({
    text: 'SELECT action FROM audit_events WHERE resource_id = $1 ORDER BY created_at, id',
    values: [resourceId],
  });
  return rows.map(({ action }) => action);
}
