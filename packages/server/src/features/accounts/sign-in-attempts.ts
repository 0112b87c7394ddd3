import { hash } from 'node:crypto';
import type { Queryable } from '@appstead/database';
import { type Count, count, isExceeded, type Limit, limitHeaders, rateLimited, uncount } from '../../http/rate-limit.ts';

// Against many addresses that guess the password of one account; the contract's limit counts the addresses.
const perAccount: Limit = { policy: 'sign-in-account', limit: 10, window_seconds: 15 * 60 };

/**
 * Counts a try to sign in with an e-mail address, before the password is looked at, so that tries at the same moment count too. It makes no
 * difference whether the address is known. Throws 429 past the limit.
 */
export async function countAttempt(db: Queryable, email: string, now: Date): Promise<Count> {
  const counted = await count(db, perAccount, hash('sha256', email.toLowerCase()), now);
  if (isExceeded(counted)) throw rateLimited(counted, limitHeaders(counted));
  return counted;
}

/** A right password costs nothing: only failed tries use the limit up. */
export function forgiveAttempt(db: Queryable, counted: Count): Promise<void> {
  return uncount(db, counted);
}
