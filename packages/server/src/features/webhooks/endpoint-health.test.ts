import { describe, expect, it } from 'vitest';
import { afterAttempt, type Health, healthy, isInTrouble } from './endpoint-health.ts';

const start = Date.parse('2026-11-21T09:00:00Z');
const at = (ms: number) => new Date(start + ms);
const failure = { isSuccess: false, isGone: false, retryAfterMs: undefined };

/** The health after so many failures, one a second. */
function failing(times: number): Health {
  let health = healthy;
  for (let n = 0; n < times; n++) health = afterAttempt(health, failure, at(n * 1000)).health;
  return health;
}

describe('the health of a receiver', () => {
  it('is trouble from the fifth failure in a row on, with pauses that double up to five minutes', () => {
    expect(failing(4)).toMatchObject({ failures: 4, failing_since: at(0).toISOString(), paused_until: null });
    expect(isInTrouble(failing(4))).toBe(false);
    expect(isInTrouble(failing(5))).toBe(true);
    const pauses = [5, 6, 7, 10, 11, 12, 60].map((n) => Date.parse(failing(n).paused_until as string) - at((n - 1) * 1000).getTime());
    expect(pauses.map((ms) => ms / 1000)).toEqual([5, 10, 20, 160, 300, 300, 300]);
  });

  it('is whole again after one success', () => {
    expect(afterAttempt(failing(30), { ...failure, isSuccess: true }, at(99_000))).toEqual({ health: healthy });
  });

  it('is left alone as long as it asks, a day at most', () => {
    const day = 24 * 3_600_000;
    expect(afterAttempt(healthy, { ...failure, retryAfterMs: 7_200_000 }, at(0)).health.paused_until).toBe(at(7_200_000).toISOString());
    expect(afterAttempt(healthy, { ...failure, retryAfterMs: 30 * day }, at(0)).health.paused_until).toBe(at(day).toISOString());
  });

  it('ends at once when the receiver is gone, and after 5 days and ten failures otherwise', () => {
    const days = (n: number) => at(n * 24 * 3_600_000);
    expect(afterAttempt(healthy, { ...failure, isGone: true }, at(0)).end).toBe('gone');
    expect(afterAttempt(failing(20), failure, days(4.99)).end).toBeUndefined();
    expect(afterAttempt(failing(20), failure, days(5)).end).toBe('failing');
    expect(afterAttempt(failing(8), failure, days(5)).end).toBeUndefined();
  });
});
