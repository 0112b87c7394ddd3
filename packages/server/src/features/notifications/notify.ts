import type { Queryable } from '@appstead/database';
import { v7 as uuidv7 } from 'uuid';
import * as store from './notification-store.ts';

export type Notice = {
  /** Who is told; a member of the organization. */
  userId: string;
  kind: store.NotificationKind;
  resource: { type: string; id: string };
  /** Tells notices of one kind about one resource apart (the days that are left); the same one comes only once. */
  marker: string;
  text: string;
};

/** Tells a person something, in the transaction of what it is about. False when they were told before. */
export function notify(tx: Queryable, organizationId: string, notice: Notice, now: Date): Promise<boolean> {
  return store.insert(tx, organizationId, { ...notice, id: uuidv7(), now: now.toISOString() });
}
