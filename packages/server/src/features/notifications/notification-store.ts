import { type Queryable, tenantSelect } from '@appstead/database';
import type { Position } from '../../paging/page.ts';

export type NotificationKind = 'api_key_expiring' | 'invitation_accepted' | 'webhook_disabled';

export type NotificationRow = {
  id: string;
  kind: NotificationKind;
  text: string;
  resource_type: string;
  resource_id: string;
  created_at: string;
  read_at: string | null;
};

type NewNotification = {
  id: string;
  userId: string;
  kind: NotificationKind;
  marker: string;
  text: string;
  resource: { type: string; id: string };
  now: string;
};

/** False when there is one with the same user, kind, resource and marker. */
export async function insert(tx: Queryable, organizationId: string, notification: NewNotification): Promise<boolean> {
  const { id, userId, kind, marker, text, resource, now } = notification;
  const { rowCount } = await tx.query({
    text: `INSERT INTO notifications (organization_id, id, user_id, kind, marker, text, resource_type, resource_id, created_at)
      VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (organization_id, user_id, kind, resource_id, marker) DO NOTHING`,
    values: [organizationId, id, userId, kind, marker, text, resource.type, resource.id, now],
  });
  return rowCount === 1;
}

/** Those of one person, the newest first, from just after a position. */
export async function list(
  db: Queryable,
  organizationId: string,
  userId: string,
  filter: { unread?: boolean },
  after: Position | undefined,
  limit: number,
): Promise<NotificationRow[]> {
  const text = `SELECT notifications.id, notifications.kind, notifications.text, notifications.resource_type, notifications.resource_id,
      notifications.created_at, notifications.read_at
    FROM notifications
    WHERE notifications.organization_id = tenant.id AND notifications.user_id = $2
      AND ($3::boolean IS NULL OR (notifications.read_at IS NULL) = $3)
      AND ($4::timestamptz IS NULL OR (notifications.created_at, notifications.id) < ($4, $5::uuid))
    ORDER BY notifications.created_at DESC, notifications.id DESC LIMIT $6`;
  const values = [userId, filter.unread ?? null, after?.[0] ?? null, after?.[1] ?? null, limit];
  return (await db.query<NotificationRow>(tenantSelect(organizationId, { name: 'list_notifications', text, values }))).rows;
}

/** Marks those that are not read yet, all of them or the given ones; how many that were. */
export async function markRead(
  tx: Queryable,
  organizationId: string,
  userId: string,
  ids: string[] | undefined,
  now: string,
): Promise<number> {
  const { rowCount } = await tx.query({
    text: `UPDATE notifications SET read_at = $4
      WHERE organization_id = $1 AND user_id = $2 AND read_at IS NULL AND ($3::uuid[] IS NULL OR id = ANY ($3))`,
    values: [organizationId, userId, ids ?? null, now],
  });
  return rowCount;
}
