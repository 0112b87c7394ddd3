import { hash, timingSafeEqual } from 'node:crypto';
import type { Database } from '@appstead/database';
import type { Sessions } from '../features/accounts/sessions.ts';
import { hashKey, isWellFormedKey, looksLikeKey, maskKey } from '../keys/key-format.ts';
import { type FoundKey, findByHash } from '../keys/key-store.ts';
import type { KeyUsage } from '../keys/key-usage.ts';
import type { Principal } from '../principal.ts';
import { httpProblems, unauthorized } from './http-problems.ts';

export type Authenticator = (credential: string | undefined) => Promise<Principal>;

/** Turns a credential into a principal. Unknown, expired and revoked look alike to the sender; only a disabled key is told so (403). */
export function createAuthenticator(services: {
  db: Database;
  sessions: Sessions;
  keyUsage: KeyUsage;
  metricsToken: string | undefined;
  now: () => Date;
}): Authenticator {
  const { db, sessions, keyUsage, now } = services;
  const metricsDigest = services.metricsToken === undefined ? undefined : digest(services.metricsToken);

  async function byKey(key: string): Promise<Principal> {
    if (!isWellFormedKey(key)) throw unauthorized('invalid_credential');
    const found = await findByHash(db, hashKey(key));
    const at = now();
    if (!found || !isLive(found, at)) throw unauthorized('invalid_credential');
    if (!found.enabled) throw httpProblems.key_disabled('API key disabled');
    keyUsage.note(found.organization_id, found.id, at);
    return toPrincipal(found);
  }

  return async (credential) => {
    if (credential === undefined) throw unauthorized('missing_credential');
    if (metricsDigest && timingSafeEqual(digest(credential), metricsDigest)) return { kind: 'metrics_token' };
    if (looksLikeKey(credential)) return byKey(credential);
    const user = await sessions.verify(credential);
    if (!user) throw unauthorized('invalid_credential');
    return user;
  };
}

function isLive(key: FoundKey, at: Date): boolean {
  const instant = at.toISOString();
  return (
    !key.owner_gone && !(key.revoked_at !== null && key.revoked_at <= instant) && !(key.expires_at !== null && key.expires_at <= instant)
  );
}

function toPrincipal(key: FoundKey): Principal {
  const common = { organizationId: key.organization_id, id: key.id, name: key.name ?? maskKey(key.prefix, key.last_four) };
  if (key.kind === 'organization_key') return { kind: 'organization_key', ...common };
  if (key.kind === 'api_key') return { kind: 'api_key', ...common, scopes: new Set(key.scopes) };
  if (key.app_id === null) throw new Error(`key ${key.id} of an app has no app`);
  return { kind: key.kind, ...common, appId: key.app_id };
}

function digest(text: string): Buffer {
  return hash('sha256', text, 'buffer');
}
