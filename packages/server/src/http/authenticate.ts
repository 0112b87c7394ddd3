import { hash, timingSafeEqual } from 'node:crypto';
import type { Database } from '@appstead/database';
import type { Sessions } from '../features/accounts/sessions.ts';
import { hashKey, isWellFormedKey, looksLikeKey, maskKey } from '../keys/key-format.ts';
import { type FoundKey, findByHash } from '../keys/key-store.ts';
import type { KeyUsage } from '../keys/key-usage.ts';
import type { Principal } from '../principal.ts';
import { httpProblems, unauthorized } from './http-problems.ts';
import type { PrincipalCache } from './principal-cache.ts';
import { ScopeRoles } from './scope-roles.ts';

/** `schemes` are the security schemes of the operation. Where only the metrics token is asked for, nothing else is a credential. */
export type Authenticator = (credential: string | undefined, schemes: ReadonlySet<string>) => Principal | Promise<Principal>;

/** Turns a credential into a principal. Unknown, expired and revoked look alike to the sender; only a disabled key is told so (403). */
export function createAuthenticator(services: {
  db: Database;
  sessions: Sessions;
  keyUsage: KeyUsage;
  principals: PrincipalCache;
  metricsToken: string | undefined;
  now: () => Date;
}): Authenticator {
  const { db, sessions, keyUsage, principals, now } = services;
  const scopeRoles = new ScopeRoles();
  const metricsDigest = services.metricsToken === undefined ? undefined : digest(services.metricsToken);

  async function verifyKey(key: string) {
    if (!isWellFormedKey(key)) throw unauthorized('invalid_credential');
    const found = await findByHash(db, hashKey(key));
    if (!found || !isLive(found, now())) throw unauthorized('invalid_credential');
    if (!found.enabled) throw httpProblems.key_disabled('API key disabled');
    return {
      principal: toPrincipal(found, scopeRoles),
      ...(found.expires_at === null ? {} : { expiresAtMs: Date.parse(found.expires_at) }),
    };
  }

  async function verifySession(credential: string) {
    const session = await sessions.verify(credential);
    if (!session) throw unauthorized('invalid_credential');
    return session;
  }

  return (credential, schemes) => {
    if (credential === undefined) throw unauthorized('missing_credential');
    const isKey = looksLikeKey(credential);
    if (!isKey && metricsDigest && timingSafeEqual(digest(credential), metricsDigest)) return { kind: 'metrics_token' };
    if (schemes.has('metricsToken') && schemes.size === 1) throw unauthorized('invalid_credential');
    const at = now();
    const found = principals.resolve(credential, at.getTime(), () => (isKey ? verifyKey(credential) : verifySession(credential)));
    if (!isKey) return found;
    if (found instanceof Promise) return found.then((principal) => noted(principal, at));
    return noted(found, at);
  };

  function noted(principal: Principal, at: Date): Principal {
    if ('organizationId' in principal) {
      keyUsage.note(principal.organizationId, principal.kind === 'api_key' ? principal.secretId : principal.id, at);
    }
    return principal;
  }
}

function isLive(key: FoundKey, at: Date): boolean {
  const instant = at.toISOString();
  return (
    !key.owner_gone && !(key.revoked_at !== null && key.revoked_at <= instant) && !(key.expires_at !== null && key.expires_at <= instant)
  );
}

function toPrincipal(key: FoundKey, scopeRoles: ScopeRoles): Principal {
  const { organization_id: organizationId, id, app, api_key: apiKey } = key;
  if (key.kind === 'api_key') {
    if (apiKey === null) throw new Error(`key ${id} is a secret of no API key`);
    const scopes = new Set(scopeRoles.within(scopeRoles.scopesOf(apiKey), apiKey.creator_role));
    return { kind: 'api_key', organizationId, id: apiKey.id, secretId: id, name: apiKey.name, scopes };
  }
  const common = { organizationId, id, name: maskKey(key.prefix, key.last_four) };
  if (key.kind === 'organization_key') return { kind: 'organization_key', ...common };
  if (app === null) throw new Error(`key ${id} of an app has no app`);
  return { kind: key.kind, ...common, app };
}

function digest(text: string): Buffer {
  return hash('sha256', text, 'buffer');
}
