import type { RunDetails } from 'fast-check';
import { RateLimited } from './request.ts';
import { Broken, cut, NotChecked } from './results.ts';

/**
 * Throws what fast-check found, in words that let it be found again: the error, the smallest input, the seed and the path to it.
 * A used-up limit or a missing credential is no finding and is passed on as it is.
 */
export function throwIfFailed<T>(details: RunDetails<T>): void {
  if (!details.failed) return;
  const { errorInstance: error, counterexample, seed, counterexamplePath, numShrinks } = details;
  if (error instanceof RateLimited || error instanceof NotChecked) throw error;
  const message = error instanceof Error ? error.message : String(error);
  const input = cut(JSON.stringify(counterexample), 500);
  throw new Broken(
    `${message}; smallest input after ${numShrinks} shrinks: ${input} (fast-check seed ${seed}, path ${counterexamplePath})`,
  );
}
