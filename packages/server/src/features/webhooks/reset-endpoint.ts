import type { Queryable } from '@appstead/database';
import { hasten } from './delivery-store.ts';
import { forgetHealth } from './endpoint-store.ts';

/**
 * Begins anew with a receiver that was changed or turned on again: what failed before is not held against it, and what waits is sent at once, with
 * all its attempts before it.
 */
export async function resetEndpoint(tx: Queryable, organizationId: string, appId: string, now: Date): Promise<void> {
  await forgetHealth(tx, organizationId, appId);
  await hasten(tx, organizationId, appId, now.toISOString());
}
