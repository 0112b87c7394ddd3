import { afterEach, describe, expect, it } from 'vitest';
import { LoadShedding } from './load-shedding.ts';

let shedding: LoadShedding;
afterEach(() => shedding.close());

describe('load shedding', () => {
  it('refuses with 503 and Retry-After what exceeds the number of running requests, and takes more once one left', () => {
    shedding = new LoadShedding({ runningMax: 2, lateMsMax: 60_000 });
    shedding.enter();
    shedding.enter();
    expect(() => shedding.enter()).toThrow(expect.objectContaining({ status: 503, headers: { 'Retry-After': '1' } }));
    shedding.leave();
    expect(() => shedding.enter()).not.toThrow();
  });

  it('refuses while the event loop is late, and not after it has caught up', async () => {
    shedding = new LoadShedding({ runningMax: 100, lateMsMax: 100 });
    shedding.watch();
    const refuses = () => {
      try {
        shedding.enter();
        return false;
      } catch {
        return true;
      }
    };
    await expect.poll(() => block(1_000) || refuses(), { timeout: 20_000, interval: 1 }).toBe(true);
    await expect.poll(refuses, { timeout: 20_000 }).toBe(false);
  });
});

/** Keeps the thread from doing anything else; always false. */
function block(ms: number): false {
  const end = performance.now() + ms;
  while (performance.now() < end);
  return false;
}
