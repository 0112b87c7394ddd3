import type { EventRow } from './event-store.ts';

/** More than this waiting means that the reader is too slow. */
export const waitingMax = 5_000;
/** So does this much text, because an event may be large, and an organization may have many readers. */
export const waitingBytesMax = 8 * 2 ** 20;
/** Of those, so many are given at a time: what is made of them is one text. */
const takenMax = 500;

/** What a feed has for one reader and the reader has not taken yet. */
export class Subscription {
  #waiting: EventRow[] = [];
  #waitingBytes = 0;
  #isOver = false;
  #wake: () => void = () => {};

  /** `onClose` is called once, whoever ends it. */
  constructor(private readonly onClose: (subscription: Subscription) => void) {}

  /** `bytes` is what the rows take together, about. A reader that is too far behind is ended: it comes again from where it was. */
  push(rows: EventRow[], bytes: number): void {
    if (this.#isOver) return;
    // Who has taken everything gets what comes whatever its size: that is nobody's fault.
    const isTooLarge = this.#waiting.length > 0 && this.#waitingBytes + bytes > waitingBytesMax;
    if (isTooLarge || this.#waiting.length + rows.length > waitingMax) {
      this.close();
      return;
    }
    this.#waiting.push(...rows);
    this.#waitingBytes += bytes;
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
    const before = this.#waiting.length;
    const taken = this.#waiting.splice(0, takenMax);
    // Of how much each takes nobody keeps account, so all are taken for equal.
    this.#waitingBytes *= this.#waiting.length / Math.max(1, before);
    return taken;
  }

  close(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#waiting = [];
    this.#waitingBytes = 0;
    this.#wake();
    this.onClose(this);
  }
}
