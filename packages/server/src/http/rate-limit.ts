import type { RateLimitRule } from '@appstead/contract/document';
import type { Queryable } from '@appstead/database';
import type { Exchange } from './exchange.ts';
import { httpProblems } from './http-problems.ts';

/**
 * Counts a call against its limit, in the database, so that processes share it and a restart does not forget. A fixed window, because it
 * needs one statement. Sets `RateLimit` and `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers) and throws 429 past the limit.
 */
export async function countCall(db: Queryable, exchange: Exchange, rule: RateLimitRule, caller: string, now: Date): Promise<void> {
  const windowMs = rule.window_seconds * 1000;
  const windowStart = new Date(Math.floor(now.getTime() / windowMs) * windowMs);
  const { rows } = await db.query<{ count: number }>({
    name: 'count_call',
    text: `INSERT INTO rate_limits AS limits (bucket, window_start, count) VALUES ($1, $2, 1)
      ON CONFLICT (bucket, window_start) DO UPDATE SET count = limits.count + 1 RETURNING limits.count`,
    values: [`${rule.policy}:${caller}`, windowStart.toISOString()],
  });
  const used = rows[0]?.count ?? 1;
  const seconds = Math.max(1, Math.ceil((windowStart.getTime() + windowMs - now.getTime()) / 1000));
  exchange.headers = [
    ...exchange.headers,
    ...['RateLimit-Policy', `"${rule.policy}";q=${rule.limit};w=${rule.window_seconds}`],
    ...['RateLimit', `"${rule.policy}";r=${Math.max(0, rule.limit - used)};t=${seconds}`],
  ];
  if (used > rule.limit)
    throw httpProblems.rate_limited(`Try again in ${seconds} seconds`, { headers: { 'Retry-After': String(seconds) } });
}
