import { monitorEventLoopDelay } from 'node:perf_hooks';
import { httpProblems } from './http-problems.ts';

const sampleMs = 500;

/**
 * Refuses work while the process cannot keep up: better some 503 at once than everything late. Too many requests at a time, or an event loop
 * that was late by more than `lateMsMax` in the median of the last half second. Health is always answered.
 */
export class LoadShedding {
  #running = 0;
  #late = false;
  readonly #histogram = monitorEventLoopDelay({ resolution: 10 });
  readonly #timer: NodeJS.Timeout;

  constructor(private readonly limits: { runningMax: number; lateMsMax: number }) {
    this.#histogram.enable();
    this.#timer = setInterval(() => {
      this.#late = this.#histogram.percentile(50) / 1e6 > limits.lateMsMax;
      this.#histogram.reset();
    }, sampleMs).unref();
  }

  /** Counts a request in, or throws 503. Every request that was let in must {@link leave}. */
  enter(): void {
    if (this.#late || this.#running >= this.limits.runningMax) {
      throw httpProblems.unavailable('The server is overloaded', { headers: { 'Retry-After': '1' } });
    }
    this.#running++;
  }

  leave(): void {
    this.#running--;
  }

  close(): void {
    clearInterval(this.#timer);
    this.#histogram.disable();
  }
}
