import type { Database } from '@appstead/database';
import { type CryptoKey, exportJWK, generateKeyPair, importJWK, type JWK } from 'jose';
import { v7 as uuidv7 } from 'uuid';
import type { SecretBox } from '../../keys/secret-box.ts';

type SigningKey = { kid: string; publicKey: CryptoKey; privateKey: CryptoKey };
type Row = { kid: string; public_jwk: JWK; private_jwk: string; retired_at: string | null };

const refetchMs = 5_000;

/** The Ed25519 keys that sign access tokens: in the database, shared by every process, the private part encrypted. */
export class SigningKeys {
  #keys = new Map<string, SigningKey>();
  #current: SigningKey | undefined;
  #loadedAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly db: Database,
    private readonly box: SecretBox,
    private readonly now: () => Date,
  ) {}

  /** The key to sign with; makes the first one of an installation. */
  async current(): Promise<SigningKey> {
    if (!this.#current) await this.#load();
    if (!this.#current) {
      await this.#create();
      await this.#load();
    }
    if (!this.#current) throw new Error('no signing key could be made');
    return this.#current;
  }

  /** The public key with this id, if it is one of ours. Asks the database for unknown ids at most every few seconds. */
  async find(kid: string): Promise<CryptoKey | undefined> {
    const known = this.#keys.get(kid);
    if (!known && this.now().getTime() - this.#loadedAt > refetchMs) await this.#load();
    return this.#keys.get(kid)?.publicKey;
  }

  async #load(): Promise<void> {
    const { rows } = await this.db.query<Row>({
      text: 'SELECT kid, public_jwk, private_jwk, retired_at FROM signing_keys ORDER BY created_at, kid',
    });
    for (const row of rows) {
      const key = this.#keys.get(row.kid) ?? (await this.#import(row));
      this.#keys.set(row.kid, key);
      if (row.retired_at === null) this.#current = key;
    }
    this.#loadedAt = this.now().getTime();
  }

  async #import(row: Row): Promise<SigningKey> {
    const privateJwk = JSON.parse(this.box.open(row.private_jwk, placeOf(row.kid))) as JWK;
    const [publicKey, privateKey] = await Promise.all([importJWK(row.public_jwk, 'EdDSA'), importJWK(privateJwk, 'EdDSA')]);
    return { kid: row.kid, publicKey: publicKey as CryptoKey, privateKey: privateKey as CryptoKey };
  }

  async #create(): Promise<void> {
    const { publicKey, privateKey } = await generateKeyPair('EdDSA', { extractable: true });
    const kid = uuidv7();
    const sealed = this.box.seal(JSON.stringify(await exportJWK(privateKey)), placeOf(kid));
    await this.db.query({
      text: 'INSERT INTO signing_keys (kid, public_jwk, private_jwk, created_at) VALUES ($1, $2, $3, $4)',
      values: [kid, JSON.stringify(await exportJWK(publicKey)), sealed, this.now().toISOString()],
    });
  }
}

function placeOf(kid: string): string {
  return `signing_keys:${kid}`;
}
