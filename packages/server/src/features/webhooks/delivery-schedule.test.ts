import { describe, expect, it } from 'vitest';
import { readRetryAfter, triesMax, waitMsAfter } from './delivery-schedule.ts';

const hourMs = 3_600_000;

describe('the schedule of deliveries', () => {
  it('has ten attempts in 75 hours, 35 minutes and 5 seconds', () => {
    const waits = Array.from({ length: triesMax - 1 }, (_, index) => waitMsAfter(index + 1, undefined, 0.5) as number);
    expect(waits.map((ms) => ms / 1000)).toEqual([5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400]);
    expect(waits.reduce((sum, ms) => sum + ms, 0)).toBe(75 * hourMs + 35 * 60_000 + 5_000);
    expect(waitMsAfter(triesMax, undefined, 0.5)).toBeUndefined();
    // Not even a receiver that asks for it gets an eleventh.
    expect(waitMsAfter(triesMax, hourMs, 0.5)).toBeUndefined();
  });

  it('varies by a fifth, and waits longer only when the receiver asks for it, a day at most', () => {
    expect([0, 0.5, 1].map((random) => waitMsAfter(2, undefined, random))).toEqual([240_000, 300_000, 360_000]);
    expect(waitMsAfter(1, 60_000, 0)).toBe(60_000);
    expect(waitMsAfter(4, 60_000, 0.5)).toBe(2 * hourMs);
    expect(waitMsAfter(1, 1e12, 0.5)).toBe(24 * hourMs);
  });

  it('reads Retry-After in both forms, and nothing else for it', () => {
    const now = new Date('2026-11-21T09:00:00Z');
    expect(readRetryAfter('120', now)).toBe(120_000);
    expect(readRetryAfter('Sat, 21 Nov 2026 09:02:00 GMT', now)).toBe(120_000);
    expect(readRetryAfter('9999999999', now)).toBe(24 * hourMs);
    for (const header of [undefined, '', '0', '-1', 'soon', 'Sat, 21 Nov 2026 08:00:00 GMT', '1e3x', ['1', '2']]) {
      expect(readRetryAfter(header, now)).toBeUndefined();
    }
  });
});
