import type { Wait } from '../wait.ts';

/**
 * Time in the hands of a test. A wait of `timeoutMs` is a time limit and ends when the test says so; any other is a pause between tries, is
 * noted down and ends at once.
 */
export function manualWait(timeoutMs = 30_000) {
  const pausesMs: number[] = [];
  const limits = new Set<() => void>();
  const wait: Wait = (delayMs, signal) => {
    if (delayMs !== timeoutMs) {
      pausesMs.push(delayMs);
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
      limits.add(resolve);
      signal.addEventListener('abort', () => {
        limits.delete(resolve);
        reject(signal.reason);
      });
    });
  };
  return {
    wait,
    pausesMs,
    /** Ends every time limit that still runs. */
    expire: () => {
      for (const end of limits) end();
    },
    /** How many time limits still run. */
    running: () => limits.size,
  };
}
