import type { Clock } from '../clock.ts';

/** The time limit of one request, which is no pause. */
const timeLimitMs = 30_000;

/** Time in the hands of a test. */
export function manualClock(start = Date.parse('2026-11-28T09:00:00.000Z')) {
  let now = start;
  const timers = new Set<{ at: number; run: () => void }>();
  const pausesMs: number[] = [];
  const clock: Clock = {
    now: () => now,
    after(delayMs, run) {
      if (delayMs !== timeLimitMs) pausesMs.push(delayMs);
      const timer = { at: now + delayMs, run };
      timers.add(timer);
      return () => timers.delete(timer);
    },
  };
  return {
    clock,
    /** Every wait so far that was begun, except time limits. */
    pausesMs,
    /** How many waits have neither ended nor been given up. */
    running: () => timers.size,
    /** Lets time pass, and runs what is due meanwhile. */
    advance(ms: number) {
      now += ms;
      for (const timer of [...timers].sort((a, b) => a.at - b.at)) {
        if (timer.at > now || !timers.delete(timer)) continue;
        timer.run();
      }
    },
    /** Sets the clock without running anything, as a person would. */
    set(ms: number) {
      now = ms;
    },
  };
}
