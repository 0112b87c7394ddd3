import { httpProblems } from './http-problems.ts';

const sampleMs = 250;

/**
 * Refuses work while the process cannot keep up: better some 503 at once than everything late. Too many requests at a time, or an event loop
 * that keeps coming late to its own timer. Health is always answered.
 */
export class LoadShedding {
  #running = 0;
  /** How late the timer was lately; each sample counts half as much as the one after it, so that one pause alone refuses nobody for long. */
  #lateMs = 0;
  #expectedAt = Number.POSITIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;

  constructor(private readonly limits: { runningMax: number; lateMsMax: number }) {}

  /** Begins to look at the event loop. Not before the start is done: that compiles for a while, and is no overload. */
  watch(): void {
    this.#timer ??= setInterval(() => this.#sample(), sampleMs).unref();
  }

  /** Counts a request in, or throws 503. Every request that was let in must {@link leave}. */
  enter(): void {
    if (this.#lateMs > this.limits.lateMsMax || this.#running >= this.limits.runningMax) {
      throw httpProblems.unavailable('The server is overloaded', { headers: { 'Retry-After': '1' } });
    }
    this.#running++;
  }

  leave(): void {
    this.#running--;
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #sample(): void {
    const now = performance.now();
    this.#lateMs = (this.#lateMs + Math.max(0, now - this.#expectedAt)) / 2;
    this.#expectedAt = now + sampleMs;
  }
}
