import type { ApiKey } from '@appstead/contract';
import type { ScopeRoles } from '../../http/scope-roles.ts';
import { maskKey } from '../../keys/key-format.ts';
import type { ApiKeyWithSecrets } from './api-key-store.ts';
import { effectiveScopes } from './api-keys.ts';

/** A key as the contract shows it, the current secret masked. */
export function toApiKey(row: ApiKeyWithSecrets, roles: ScopeRoles, now: Date): ApiKey {
  const { id, name, preset, enabled, created_by, created_at, updated_at, expires_at, last_used_at, previous_ends_at } = row;
  return {
    id,
    name,
    key: maskKey(row.prefix, row.last_four),
    preset,
    scopes: roles.scopesOf(row),
    effective_scopes: effectiveScopes(roles, row),
    enabled,
    created_by,
    created_at,
    updated_at,
    expires_at,
    last_used_at,
    overlap_ends_at: previous_ends_at !== null && previous_ends_at > now.toISOString() ? previous_ends_at : null,
  };
}
