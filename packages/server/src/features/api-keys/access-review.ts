import type { AccessFinding } from '@appstead/contract';
import type { ScopeRoles } from '../../http/scope-roles.ts';
import type { ApiKeyWithSecrets } from './api-key-store.ts';

type Reason = AccessFinding['reasons'][number];

const unusedMs = 90 * 24 * 60 * 60 * 1000;

/** Why somebody should look at a key; empty when nobody need. A key that was never used counts from the day it was made. */
export function reasonsToReview(row: ApiKeyWithSecrets, roles: ScopeRoles, now: Date): Reason[] {
  const scopes = roles.scopesOf(row);
  const hasLeft = row.creator_role === null;
  const found: Record<Reason, boolean> = {
    unused: Date.parse(row.last_used_at ?? row.created_at) < now.getTime() - unusedMs,
    exceeds_creator: !hasLeft && roles.within(scopes, row.creator_role ?? undefined).length < scopes.length,
    creator_left: hasLeft,
    endless: row.expires_at === null,
  };
  return (Object.keys(found) as Reason[]).filter((reason) => found[reason]);
}
