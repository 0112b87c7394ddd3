import type { Database } from '@appstead/database';
import type { CryptoKey, JWK } from 'jose';
import { v7 as uuidv7 } from 'uuid';
import type { SecretBox } from '../../keys/secret-box.ts';
import * as store from './signing-key-store.ts';
import { loadTokens } from './tokens.ts';

type SigningKey = { kid: string; publicKey: CryptoKey; privateKey: CryptoKey; signsFromMs: number };

/** How long an access token lives. */
export const accessMs = 15 * 60 * 1000;
/** The age at which the latest key gets a successor. */
export const rotationMs = 90 * 24 * 60 * 60 * 1000;
/** How long a new key is published before it signs, so that who caches the published keys knows it in time. */
export const announcedMs = 10 * 60 * 1000;
/** How old what a process knows of the keys may get: less than {@link announcedMs}, or it would go on signing with a retired key. */
const reloadMs = 5 * 60 * 1000;
/** How far the clocks of two processes may be apart. */
const clockMs = 60 * 1000;
const refetchMs = 5_000;

/** The Ed25519 keys that sign access tokens: in the database, shared by every process, the private part encrypted. */
export class SigningKeys {
  #keys = new Map<string, SigningKey>();
  #loadedAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly db: Database,
    private readonly box: SecretBox,
    private readonly now: () => Date,
  ) {}

  /** Knows the keys of the moment; makes the first one of an installation. To be awaited before {@link current}, outside of a transaction. */
  async prepare(): Promise<void> {
    if (this.#keys.size > 0 && this.#ageMs() < reloadMs) return;
    await this.#load();
    if (this.#keys.size > 0) return;
    const now = this.now().toISOString();
    await store.insertFirst(this.db, await this.#newKey(now, now));
    await this.#load();
  }

  /** The key to sign with: of those whose time has come the latest. */
  current(): SigningKey {
    const nowMs = this.now().getTime();
    const [first, ...others] = this.#keys.values();
    if (!first) throw new Error('prepare must be awaited before a key is used');
    return others.reduce((current, key) => (key.signsFromMs <= nowMs ? key : current), first);
  }

  /** The public key with this id, if it is one of ours. Asks the database for unknown ids at most every few seconds. */
  async find(kid: string): Promise<CryptoKey | undefined> {
    if (!this.#keys.has(kid) && this.#ageMs() > refetchMs) await this.#load();
    return this.#keys.get(kid)?.publicKey;
  }

  /** The public keys, by id, that tokens of the next minutes or tokens that still live are signed with. */
  async published(): Promise<{ kid: string; jwk: JWK }[]> {
    const endedBefore = this.#endedBefore();
    const rows = await store.list(this.db);
    return rows
      .filter(({ retired_at }) => retired_at === null || retired_at >= endedBefore)
      .map(({ kid, public_jwk }) => ({ kid, jwk: public_jwk }));
  }

  /** Gives the latest key a successor when it is old enough; whether it did. Of several processes that do so at once one succeeds. */
  async rotate(): Promise<boolean> {
    const nowMs = this.now().getTime();
    const instant = (ms: number) => new Date(ms).toISOString();
    const madeBefore = instant(nowMs - rotationMs);
    return store.replaceLatest(this.db, await this.#newKey(instant(nowMs), instant(nowMs + announcedMs)), madeBefore);
  }

  /** Removes the keys whose last tokens have ended; how many. */
  removeEnded(): Promise<number> {
    return store.removeRetired(this.db, this.#endedBefore());
  }

  /** A key that retired before this instant has no living token left. */
  #endedBefore(): string {
    return new Date(this.now().getTime() - accessMs - clockMs).toISOString();
  }

  #ageMs(): number {
    return this.now().getTime() - this.#loadedAt;
  }

  async #load(): Promise<void> {
    const loadedAt = this.now().getTime();
    const rows = await store.list(this.db);
    const keys = await Promise.all(rows.map(async (row) => this.#keys.get(row.kid) ?? (await this.#import(row))));
    this.#keys = new Map(keys.map((key) => [key.kid, key]));
    this.#loadedAt = loadedAt;
  }

  async #import(row: store.SigningKeyRow): Promise<SigningKey> {
    const { importJWK } = await loadTokens();
    const privateJwk = JSON.parse(this.box.open(row.private_jwk, placeOf(row.kid))) as JWK;
    const [publicKey, privateKey] = await Promise.all([importJWK(row.public_jwk, 'EdDSA'), importJWK(privateJwk, 'EdDSA')]);
    return {
      kid: row.kid,
      publicKey: publicKey as CryptoKey,
      privateKey: privateKey as CryptoKey,
      signsFromMs: Date.parse(row.signs_from),
    };
  }

  async #newKey(now: string, signsFrom: string): Promise<store.NewSigningKey> {
    const { exportJWK, generateKeyPair } = await loadTokens();
    const { publicKey, privateKey } = await generateKeyPair('EdDSA', { extractable: true });
    const kid = uuidv7();
    const sealedPrivateJwk = this.box.seal(JSON.stringify(await exportJWK(privateKey)), placeOf(kid));
    return { kid, publicJwk: await exportJWK(publicKey), sealedPrivateJwk, now, signsFrom };
  }
}

function placeOf(kid: string): string {
  return `signing_keys:${kid}`;
}
