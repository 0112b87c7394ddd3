import type { Queryable } from '@appstead/database';
import type { JWK } from 'jose';

/** A row of `signing_keys`, which belong to the installation and not to an organization. `private_jwk` is a sealed text. */
export type SigningKeyRow = { kid: string; public_jwk: JWK; private_jwk: string; signs_from: string; retired_at: string | null };

export type NewSigningKey = { kid: string; publicJwk: JWK; sealedPrivateJwk: string; now: string; signsFrom: string };

/** Every key, the one that signs from the latest instant last. */
export async function list(db: Queryable): Promise<SigningKeyRow[]> {
  const text = 'SELECT kid, public_jwk, private_jwk, signs_from, retired_at FROM signing_keys ORDER BY signs_from, kid';
  return (await db.query<SigningKeyRow>({ name: 'list_signing_keys', text })).rows;
}

/** Stores the first key of an installation. Of several processes that do so at once one succeeds; the others change nothing. */
export async function insertFirst(db: Queryable, key: NewSigningKey): Promise<void> {
  await db.query({
    text: `INSERT INTO signing_keys (kid, public_jwk, private_jwk, created_at, signs_from) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`,
    values: valuesOf(key),
  });
}

/**
 * Stores the successor of the latest key, which retires when the new one begins to sign; false when the latest was made after `madeBefore`.
 * One statement: whoever comes second waits for the row of the latest key and finds it retired.
 */
export async function replaceLatest(db: Queryable, key: NewSigningKey, madeBefore: string): Promise<boolean> {
  const { rowCount } = await db.query({
    text: `WITH retired AS (
        UPDATE signing_keys SET retired_at = $5 WHERE retired_at IS NULL AND created_at <= $6 RETURNING kid
      )
      INSERT INTO signing_keys (kid, public_jwk, private_jwk, created_at, signs_from)
      SELECT $1, $2::jsonb, $3, $4::timestamptz, $5::timestamptz FROM retired`,
    values: [...valuesOf(key), madeBefore],
  });
  return rowCount === 1;
}

/** Removes the keys that signed their last token before an instant; how many. */
export async function removeRetired(db: Queryable, retiredBefore: string): Promise<number> {
  return (await db.query({ text: 'DELETE FROM signing_keys WHERE retired_at < $1', values: [retiredBefore] })).rowCount;
}

function valuesOf({ kid, publicJwk, sealedPrivateJwk, now, signsFrom }: NewSigningKey): unknown[] {
  return [kid, JSON.stringify(publicJwk), sealedPrivateJwk, now, signsFrom];
}
