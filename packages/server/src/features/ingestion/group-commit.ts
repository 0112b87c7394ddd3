import { DatabaseUnavailable } from '@appstead/database';
import { httpProblems } from '../../http/http-problems.ts';

/** What is written together with others: how much of it there is. */
export type Load = { events: number; bytes: number };

export type GroupLimits = {
  /** What one write takes at most; a load alone may exceed it. */
  write: Load;
  /** What may wait under one key. */
  waiting: Load;
  /** How many bytes may wait under all keys together. */
  allWaitingBytes: number;
  /** How many writes may run at a time, under all keys together; under one key there is never more than one. */
  writes: number;
};

type Waiting<Item, Result> = { item: Item; resolve: (result: Result) => void; reject: (error: unknown) => void };
type Queue<Item, Result> = { key: string; waiting: Waiting<Item, Result>[]; load: Load };

/**
 * Writes what comes while a write runs in one write after it, so that under load there are few large transactions instead of many small ones,
 * and without load nobody waits. A result is given once its write has committed.
 */
export class GroupCommit<Item extends Load, Result> {
  readonly #write: (key: string, items: Item[]) => Promise<Result[]>;
  readonly #limits: GroupLimits;
  /** Only keys with something waiting or running. */
  readonly #queues = new Map<string, Queue<Item, Result>>();
  /** Those whose turn comes when a write ends. */
  readonly #ready: Queue<Item, Result>[] = [];
  #writes = 0;
  #waitingBytes = 0;
  #whenIdle: (() => void)[] = [];

  /** `write` resolves with a result for each item, in their order; all of it happens or nothing. */
  constructor(write: (key: string, items: Item[]) => Promise<Result[]>, limits: GroupLimits) {
    this.#write = write;
    this.#limits = limits;
  }

  /** Rejects with 503 when too much waits already, else as its write does. */
  add(key: string, item: Item): Promise<Result> {
    const queue = this.#queues.get(key) ?? { key, waiting: [], load: { events: 0, bytes: 0 } };
    const { waiting, allWaitingBytes } = this.#limits;
    const tooMuch = queue.load.events + item.events > waiting.events || queue.load.bytes + item.bytes > waiting.bytes;
    if ((queue.waiting.length > 0 && tooMuch) || this.#waitingBytes + item.bytes > allWaitingBytes) {
      throw httpProblems.unavailable('More data waits to be written than can be in time', { headers: { 'Retry-After': '1' } });
    }
    return new Promise((resolve, reject) => {
      queue.waiting.push({ item, resolve, reject });
      this.#count(queue, item, 1);
      if (this.#queues.has(key)) return;
      this.#queues.set(key, queue);
      this.#ready.push(queue);
      this.#next();
    });
  }

  /** Resolves when everything that was added is settled. */
  idle(): Promise<void> {
    if (this.#queues.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.#whenIdle.push(resolve));
  }

  #next(): void {
    while (this.#writes < this.#limits.writes) {
      const queue = this.#ready.shift();
      if (!queue) return;
      this.#writes++;
      void this.#writeSome(queue).finally(() => {
        this.#writes--;
        // Behind the others: one busy key does not keep them waiting.
        if (queue.waiting.length > 0) this.#ready.push(queue);
        else this.#queues.delete(queue.key);
        this.#next();
        if (this.#queues.size === 0) for (const tell of this.#whenIdle.splice(0)) tell();
      });
    }
  }

  async #writeSome(queue: Queue<Item, Result>): Promise<void> {
    const group = this.#take(queue);
    const items = group.map(({ item }) => item);
    try {
      const results = await this.#write(queue.key, items);
      group.forEach(({ resolve }, at) => {
        resolve(results[at] as Result);
      });
    } catch (error) {
      if (group.length === 1 || error instanceof DatabaseUnavailable) for (const { reject } of group) reject(error);
      else await this.#writeEach(queue.key, group);
    }
  }

  /** One of them cannot be written; the others must not suffer from it. */
  async #writeEach(key: string, group: Waiting<Item, Result>[]): Promise<void> {
    for (const { item, resolve, reject } of group) {
      try {
        const [result] = await this.#write(key, [item]);
        resolve(result as Result);
      } catch (error) {
        reject(error);
      }
    }
  }

  #take(queue: Queue<Item, Result>): Waiting<Item, Result>[] {
    const sum: Load = { events: 0, bytes: 0 };
    const end = queue.waiting.findIndex(({ item }, at) => {
      sum.events += item.events;
      sum.bytes += item.bytes;
      return at > 0 && (sum.events > this.#limits.write.events || sum.bytes > this.#limits.write.bytes);
    });
    const group = queue.waiting.splice(0, end === -1 ? queue.waiting.length : end);
    for (const { item } of group) this.#count(queue, item, -1);
    return group;
  }

  #count(queue: Queue<Item, Result>, { events, bytes }: Load, sign: 1 | -1): void {
    queue.load.events += sign * events;
    queue.load.bytes += sign * bytes;
    this.#waitingBytes += sign * bytes;
  }
}
