import type { RateLimitRule } from '@appstead/contract/document';
import type { Queryable } from '@appstead/database';
import type { Exchange } from './exchange.ts';
import { httpProblems } from './http-problems.ts';
import type { Problem } from './problem.ts';

export type Limit = Pick<RateLimitRule, 'policy' | 'limit' | 'window_seconds'>;

/** How a caller stands to a limit, the present call counted. */
export type Count = { limit: Limit; caller: string; used: number; windowStart: string; secondsLeft: number };

/**
 * Counts a call of somebody against a limit, in the database, so that processes share it and a restart does not forget. A fixed window,
 * because it needs one statement.
 */
export async function count(db: Queryable, limit: Limit, caller: string, now: Date): Promise<Count> {
  const windowMs = limit.window_seconds * 1000;
  const start = Math.floor(now.getTime() / windowMs) * windowMs;
  const windowStart = new Date(start).toISOString();
  const { rows } = await db.query<{ count: number }>({
    name: 'count_call',
    text: `INSERT INTO rate_limits AS limits (bucket, window_start, count) VALUES ($1, $2, 1)
      ON CONFLICT (bucket, window_start) DO UPDATE SET count = limits.count + 1 RETURNING limits.count`,
    values: [`${limit.policy}:${caller}`, windowStart],
  });
  const secondsLeft = Math.max(1, Math.ceil((start + windowMs - now.getTime()) / 1000));
  return { limit, caller, used: rows[0]?.count ?? 1, windowStart, secondsLeft };
}

/** Takes back what {@link count} counted, where only some calls are to count and that is known only afterwards. */
export async function uncount(db: Queryable, { limit, caller, windowStart }: Count): Promise<void> {
  await db.query({
    name: 'uncount_call',
    text: 'UPDATE rate_limits SET count = count - 1 WHERE bucket = $1 AND window_start = $2 AND count > 0',
    values: [`${limit.policy}:${caller}`, windowStart],
  });
}

export function isExceeded({ limit, used }: Count): boolean {
  return used > limit.limit;
}

/** `RateLimit` and `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers). */
export function limitHeaders({ limit, used, secondsLeft }: Count): Record<string, string> {
  return {
    'RateLimit-Policy': `"${limit.policy}";q=${limit.limit};w=${limit.window_seconds}`,
    RateLimit: `"${limit.policy}";r=${Math.max(0, limit.limit - used)};t=${secondsLeft}`,
  };
}

/** 429 with `Retry-After`, and with `headers` besides. */
export function rateLimited({ secondsLeft }: Count, headers: Record<string, string> = {}): Problem {
  return httpProblems.rate_limited(`Try again in ${secondsLeft} seconds`, { headers: { ...headers, 'Retry-After': String(secondsLeft) } });
}

/** Counts a call of an operation that the contract limits; every answer to it says how the caller stands. Throws 429 past the limit. */
export async function countCall(db: Queryable, exchange: Exchange, limit: Limit, caller: string, now: Date): Promise<void> {
  const counted = await count(db, limit, caller, now);
  exchange.headers = [...exchange.headers, ...Object.entries(limitHeaders(counted)).flat()];
  if (isExceeded(counted)) throw rateLimited(counted);
}
