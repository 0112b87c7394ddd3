import type { Queryable } from '@appstead/database';
import { v7 as uuidv7 } from 'uuid';
import * as store from './delivery-store.ts';

/** An event that is handed on: the row of `events` it is. `occurred_at` in ISO 8601. */
export type PassedEvent = { id: string; occurred_at: string };

/**
 * Writes that events of an app are to be handed to its webhook, in the transaction that stores them. The caller knows that the webhook is on, and
 * wakes the sender after the commit.
 */
export async function enqueueDeliveries(
  tx: Queryable,
  organizationId: string,
  appId: string,
  events: readonly PassedEvent[],
  now: Date,
): Promise<void> {
  if (events.length === 0) return;
  const deliveries = {
    ids: events.map(() => uuidv7()),
    eventIds: events.map(({ id }) => id),
    occurredAt: events.map(({ occurred_at }) => occurred_at),
  };
  await store.insert(tx, organizationId, appId, deliveries, now.toISOString());
}
