import { createTracker } from '../create-tracker.ts';
import type { TrackerError } from '../report.ts';
import type { TrackerOptions } from '../tracker-options.ts';
import { manualClock } from './manual-clock.ts';
import { memoryStorage } from './memory-storage.ts';

export const appKey = 'ak_3bJ9sKq0TzVxWm4Rf7Lc2Hd8Yp1NaGe5Q0a1b2';

/** A tracker in the hands of a test, with a clock, a storage and what it has reported. */
export function newTracker(server: { baseUrl: string }, options: Partial<TrackerOptions> & { time?: ReturnType<typeof manualClock> } = {}) {
  const { time = manualClock(), ...rest } = options;
  const storage = memoryStorage();
  const errors: TrackerError[] = [];
  const onError = (error: TrackerError) => void errors.push(error);
  const { baseUrl } = server;
  const tracker = createTracker({ baseUrl, appKey, storage, onError, clock: time.clock, ...rest });
  return { tracker, time, storage, errors };
}
