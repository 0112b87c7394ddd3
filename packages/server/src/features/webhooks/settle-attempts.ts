import type { Attempted } from './attempt-delivery.ts';

type Waiting = { attempted: Attempted; resolve: () => void; reject: (error: unknown) => void };

/**
 * Writes the ends of attempts: at once when nothing is being written, else together with all that ended meanwhile. So an attempt is written
 * about as soon as it ended, and many at a time cost few transactions.
 */
export class SettleAttempts {
  #waiting: Waiting[] = [];
  #writing = false;

  constructor(private readonly write: (attempts: Attempted[]) => Promise<void>) {}

  /** Resolves when the end is committed. Rejects as its write does. */
  add(attempted: Attempted): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ attempted, resolve, reject });
      if (!this.#writing) void this.#run();
    });
  }

  async #run(): Promise<void> {
    this.#writing = true;
    while (this.#waiting.length > 0) {
      const group = this.#waiting.splice(0);
      await this.write(group.map(({ attempted }) => attempted)).then(
        () => {
          for (const { resolve } of group) resolve();
        },
        (error: unknown) => {
          for (const { reject } of group) reject(error);
        },
      );
    }
    this.#writing = false;
  }
}
