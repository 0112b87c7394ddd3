import type { ApiKeyCreate, ApiKeyUpdate, Scope } from '@appstead/contract';
import type { Queryable } from '@appstead/database';
import { v7 as uuidv7 } from 'uuid';
import { requireMatch } from '../../http/etag.ts';
import type { Rights, ScopeRoles } from '../../http/scope-roles.ts';
import { rotationInProgress } from '../../keys/key-problems.ts';
import { issueKey } from '../../keys/new-key.ts';
import { type Role, reaches, type UserPrincipal } from '../../principal.ts';
import { apiKeyNotFound, apiKeyProblems } from './api-key-problems.ts';
import * as store from './api-key-store.ts';

const hourMs = 60 * 60 * 1000;

type Call = { tx: Queryable; actor: UserPrincipal; now: Date; roles: ScopeRoles };

/** Whose keys somebody sees and manages: admins everybody's (undefined), others their own. */
export function creatorSeenBy(actor: UserPrincipal): string | undefined {
  return reaches(actor.role, 'admin') ? undefined : actor.id;
}

/** Makes a key with its first secret, which is returned in full for the only time. Throws 403 `scope_exceeds_role`. */
export async function create({ tx, actor, now, roles }: Call, fields: ApiKeyCreate) {
  const rights = rightsOf(fields) ?? { preset: null, scopes: [] };
  refuseBeyond(roles, rights, [actor.role], locationOf(rights));
  const at = now.toISOString();
  const days = fields.expires_in_days;
  const row: store.ApiKeyRow = {
    ...{ id: uuidv7(), name: fields.name, ...rights, enabled: true, created_by: actor.id, version: 1, created_at: at, updated_at: at },
    expires_at: days === undefined ? null : new Date(now.getTime() + days * 24 * hourMs).toISOString(),
  };
  await store.insert(tx, actor.organizationId, row);
  const { key } = await issueKey(tx, actor.organizationId, 'api_key', { apiKeyId: row.id, now: at });
  const shown = { prefix: 'apikey', last_four: key.slice(-4), last_used_at: null, previous_ends_at: null, creator_role: actor.role };
  return { key, row: { ...row, ...shown } };
}

/** Changes the fields that are given. Throws 404, 412, or 403 when the key would exceed its creator, or who asks for it. */
export async function update(call: Call, apiKeyId: string, fields: ApiKeyUpdate, ifMatch: string | undefined) {
  const { tx, actor, now, roles } = call;
  const before = await lockVisible(call, apiKeyId);
  requireMatch(ifMatch, before.version);
  const rights = rightsOf(fields);
  if (rights) refuseBeyond(roles, rights, [before.creator_role, actor.role], locationOf(rights));
  const { name = before.name, enabled = before.enabled } = fields;
  const after = { ...before, ...rights, name, enabled, version: before.version + 1, updated_at: now.toISOString() };
  await store.update(tx, actor.organizationId, after);
  return { before, after };
}

/**
 * Makes a new secret, returned in full for the only time; the one before it works until the overlap ends, or the key. Throws 404, 409, or 403
 * when the key may more than who would get to know its secret.
 */
export async function rotate(call: Call, apiKeyId: string, overlapHours: number) {
  const { tx, actor, now, roles } = call;
  const before = await lockVisible(call, apiKeyId);
  const at = now.toISOString();
  if (before.expires_at !== null && before.expires_at <= at) {
    throw apiKeyProblems.api_key_expired('The API key has expired; make a new one', {
      currentState: 'expired',
      legalMoves: ['createApiKey', 'revokeApiKey'],
    });
  }
  refuseBeyond(roles, { preset: null, scopes: effectiveScopes(roles, before) }, [actor.role]);
  if (overlapHours > 0 && before.previous_ends_at !== null && before.previous_ends_at > at) throw rotationInProgress('rotateApiKey');
  const overlapEndsAt = new Date(now.getTime() + overlapHours * hourMs).toISOString();
  const endsAt = before.expires_at !== null && before.expires_at < overlapEndsAt ? before.expires_at : overlapEndsAt;
  await store.endSecrets(tx, actor.organizationId, apiKeyId, endsAt);
  const { key } = await issueKey(tx, actor.organizationId, 'api_key', { apiKeyId, now: at });
  const changed = { version: before.version + 1, updated_at: at, last_four: key.slice(-4), previous_ends_at: endsAt };
  const after: store.ApiKeyWithSecrets = { ...before, ...changed };
  await store.update(tx, actor.organizationId, after);
  return { key, before, after };
}

/** Ends the key for good. Throws 404 or 412. */
export async function revoke(call: Call, apiKeyId: string, ifMatch: string | undefined): Promise<store.ApiKeyWithSecrets> {
  const row = await lockVisible(call, apiKeyId);
  requireMatch(ifMatch, row.version);
  await store.revoke(call.tx, call.actor.organizationId, apiKeyId, call.now.toISOString());
  return row;
}

/** What a key may do now: its scopes as far as the present role of its creator goes. */
export function effectiveScopes(roles: ScopeRoles, row: store.ApiKeyWithSecrets): Scope[] {
  return roles.within(roles.scopesOf(row), row.creator_role ?? undefined);
}

function rightsOf({ preset, scopes }: Pick<ApiKeyUpdate, 'preset' | 'scopes'>): Rights | undefined {
  if (preset !== undefined) return { preset, scopes: [] };
  return scopes && { preset: null, scopes };
}

/** `location` is the place of the request that asks for the rights, if it does. */
function refuseBeyond(roles: ScopeRoles, rights: Rights, limits: (Role | null)[], location?: string): void {
  const scopes = roles.scopesOf(rights);
  for (const role of limits) {
    const within = roles.within(scopes, role ?? undefined);
    const beyond = scopes.filter((scope) => !within.includes(scope)).join(', ');
    if (beyond === '') continue;
    const message = role === null ? `Who made the key has left; it cannot get ${beyond}` : `The role ${role} does not allow ${beyond}`;
    throw apiKeyProblems.scope_exceeds_role(message, location ? { errors: [{ location, message, rule: 'role' }] } : {});
  }
}

function locationOf(rights: Rights): string {
  return rights.preset === null ? 'body.scopes' : 'body.preset';
}

async function lockVisible({ tx, actor }: Call, apiKeyId: string): Promise<store.ApiKeyWithSecrets> {
  await store.lock(tx, actor.organizationId, apiKeyId);
  const row = await store.find(tx, actor.organizationId, apiKeyId, creatorSeenBy(actor));
  if (!row) throw apiKeyNotFound();
  return row;
}
