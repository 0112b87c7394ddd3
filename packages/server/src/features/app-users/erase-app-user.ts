import type { ErasureReceipt } from '@appstead/contract';
import type { Queryable } from '@appstead/database';
import { v7 as uuidv7 } from 'uuid';
import { inStatements } from '../events/in-statements.ts';
import { listPlaces } from '../events/person-events.ts';
import { addUsers } from '../stats/user-count-store.ts';
import { eraseDeliveries } from '../webhooks/index.ts';
import { appUserNotFound } from './app-user-problems.ts';
import * as store from './erasure-store.ts';

type Scope = { tx: Queryable; organizationId: string; now: Date };

/**
 * Removes a person from every table that says anything about them. What was counted stays, and so do the ids of their events, by which the same
 * event is known when it comes again: both say nothing about who it was.
 */
export async function erase({ tx, organizationId, now }: Scope, appId: string, appUserId: string): Promise<ErasureReceipt> {
  const person = await store.lockPerson(tx, organizationId, appId, appUserId);
  if (!person) throw appUserNotFound();
  let [events, deliveries] = [0, 0];
  await inStatements(async (rowsMax) => {
    const some = await listPlaces(tx, organizationId, appId, person.ids, rowsMax);
    deliveries += await eraseDeliveries(tx, organizationId, appId, some);
    events += await store.removeEvents(tx, organizationId, appId, some);
    return some.length;
  });
  await inStatements((rowsMax) => store.forgetAnonymousIds(tx, organizationId, appId, person, rowsMax));
  await store.removeRows(tx, organizationId, appId, person);
  await addUsers(tx, organizationId, appId, -1, now.toISOString());
  return {
    id: uuidv7(),
    app_id: appId,
    app_user_id: person.ids[0] as string,
    erased_at: now.toISOString(),
    counts: { events, anonymous_ids: person.anonymousIds.length, webhook_deliveries: deliveries },
  };
}
