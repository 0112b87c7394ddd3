import type { Database, Queryable } from '@appstead/database';
import { v7 as uuidv7 } from 'uuid';
import { createKey, hashKey, isWellFormedKey } from '../../keys/key-format.ts';
import type { SecretBox } from '../../keys/secret-box.ts';
import type { Principal } from '../../principal.ts';
import { invalidRefreshToken } from './account-problems.ts';
import * as store from './session-store.ts';
import { accessMs, SigningKeys } from './signing-keys.ts';
import { loadTokens } from './tokens.ts';

export type SessionView = { access_token: string; refresh_token: string; expires_at: string };

const refreshMs = 30 * 24 * 60 * 60 * 1000;
const audience = 'appstead';

/**
 * Sessions of people: a short access token (JWT, EdDSA) that carries identity only, and a refresh token that works once. The role is read
 * with each request, so a change of it, a sign-out or a removal takes effect on the next one.
 */
export class Sessions {
  readonly #keys: SigningKeys;

  constructor(private readonly services: { db: Database; box: SecretBox; issuer: string; now: () => Date }) {
    this.#keys = new SigningKeys(services.db, services.box, services.now);
  }

  /** Makes sure there is a key to sign with, before the transaction that needs it. */
  async prepare(): Promise<void> {
    await this.#keys.prepare();
  }

  /** The public keys that access tokens are verified with, by id. */
  publishedKeys(): ReturnType<SigningKeys['published']> {
    return this.#keys.published();
  }

  /** Starts a session of a person. {@link prepare} must have been awaited before the transaction. */
  async start(tx: Queryable, organizationId: string, userId: string, now: Date): Promise<{ id: string; session: SessionView }> {
    const id = uuidv7();
    await store.insertSession(tx, organizationId, { id, userId, now: now.toISOString() });
    return { id, session: await this.#issue(tx, organizationId, id, userId, now) };
  }

  /** The principal of an access token and the end of the token, or undefined when it is not valid or its session is over. Never throws on bad tokens. */
  async verify(accessToken: string): Promise<{ principal: Principal; expiresAtMs: number } | undefined> {
    const claims = await this.#claims(accessToken);
    if (!claims) return undefined;
    const live = await store.findLive(this.services.db, claims.organizationId, claims.sessionId);
    if (!live || live.user_id !== claims.userId) return undefined;
    const principal: Principal = {
      kind: 'user',
      organizationId: claims.organizationId,
      id: live.user_id,
      name: live.name,
      role: live.role,
      teamRoles: new Map(Object.entries(live.team_roles)),
      sessionId: claims.sessionId,
    };
    return { principal, expiresAtMs: claims.expiresAtMs };
  }

  /** Finds the session of a refresh token. Undefined when the token was never ours. */
  async find(refreshToken: string): Promise<store.RefreshTokenRow | undefined> {
    return isWellFormedKey(refreshToken) ? store.findRefreshToken(this.services.db, hashKey(refreshToken)) : undefined;
  }

  /**
   * Exchanges a found refresh token for the next pair. `undefined` when it was used before: then the session has been ended, because one of
   * the two senders stole it, and the caller must commit that and refuse.
   */
  async renew(tx: Queryable, token: store.RefreshTokenRow, now: Date): Promise<{ userId: string; session: SessionView } | undefined> {
    const { organization_id: organizationId, session_id: sessionId } = token;
    const live = await store.findLive(tx, organizationId, sessionId);
    if (!live || token.expires_at <= now.toISOString()) throw invalidRefreshToken();
    if (!(await store.useRefreshToken(tx, organizationId, token.id, now.toISOString()))) {
      await store.endSession(tx, organizationId, sessionId, 'replay', now.toISOString());
      return undefined;
    }
    return { userId: live.user_id, session: await this.#issue(tx, organizationId, sessionId, live.user_id, now) };
  }

  async #issue(tx: Queryable, organizationId: string, sessionId: string, userId: string, now: Date): Promise<SessionView> {
    const refreshToken = createKey('rt');
    const expiresAt = new Date(now.getTime() + refreshMs).toISOString();
    await store.insertRefreshToken(tx, organizationId, {
      id: uuidv7(),
      sessionId,
      hash: hashKey(refreshToken),
      now: now.toISOString(),
      expiresAt,
    });
    const { kid, privateKey } = this.#keys.current();
    const issuedAt = Math.floor(now.getTime() / 1000);
    const { SignJWT } = await loadTokens();
    const accessToken = await new SignJWT({ org: organizationId, sid: sessionId })
      .setProtectedHeader({ alg: 'EdDSA', typ: 'at+jwt', kid })
      .setIssuer(this.services.issuer)
      .setAudience(audience)
      .setSubject(userId)
      .setIssuedAt(issuedAt)
      .setExpirationTime(issuedAt + accessMs / 1000)
      .sign(privateKey);
    return {
      access_token: accessToken,
      refresh_token: refreshToken,
      expires_at: new Date((issuedAt + accessMs / 1000) * 1000).toISOString(),
    };
  }

  async #claims(accessToken: string) {
    const { jwtVerify } = await loadTokens();
    try {
      const { payload } = await jwtVerify(
        accessToken,
        async ({ kid }) => {
          const key = kid === undefined ? undefined : await this.#keys.find(kid);
          if (!key) throw new TypeError('unknown key');
          return key;
        },
        {
          algorithms: ['EdDSA'],
          typ: 'at+jwt',
          issuer: this.services.issuer,
          audience,
          requiredClaims: ['sub', 'org', 'sid', 'exp'],
          currentDate: this.services.now(),
        },
      );
      const { sub: userId, org: organizationId, sid: sessionId, exp = 0 } = payload;
      if (typeof userId !== 'string' || typeof organizationId !== 'string' || typeof sessionId !== 'string') return undefined;
      return { userId, organizationId, sessionId, expiresAtMs: exp * 1000 };
    } catch (error) {
      if (isTokenError(error)) return undefined;
      throw error;
    }
  }
}

/** Errors of the token itself; an error of the database while looking for its key is not one. */
function isTokenError(error: unknown): boolean {
  return error instanceof TypeError || (error instanceof Error && 'code' in error && /^ERR_J/.test(String(error.code)));
}
