import type { EventRow } from './event-store.ts';

/** More than this waiting means that the reader is too slow. */
export const waitingMax = 5_000;
/** Of those, so many are given at a time: what is made of them is one text. */
const takenMax = 500;

/** What a feed has for one reader and the reader has not taken yet. */
export class Subscription {
  #waiting: EventRow[] = [];
  #isOver = false;
  #wake: () => void = () => {};

  /** `onClose` is called once, whoever ends it. */
  constructor(private readonly onClose: (subscription: Subscription) => void) {}

  /** A reader that is too far behind is ended: it comes again from where it was. */
  push(rows: EventRow[]): void {
    if (this.#isOver) return;
    if (this.#waiting.length + rows.length > waitingMax) {
      this.close();
      return;
    }
    this.#waiting.push(...rows);
    this.#wake();
  }

  /** What came since the last time or a part of it, after `waitMs` perhaps nothing; undefined when it is over. */
  async take(waitMs: number): Promise<EventRow[] | undefined> {
    if (this.#waiting.length === 0 && !this.#isOver) {
      let timer: NodeJS.Timeout | undefined;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        timer = setTimeout(resolve, waitMs).unref();
      });
      clearTimeout(timer);
    }
    if (this.#isOver) return undefined;
    return this.#waiting.splice(0, takenMax);
  }

  close(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#waiting = [];
    this.#wake();
    this.onClose(this);
  }
}
