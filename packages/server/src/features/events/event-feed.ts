import type { Database } from '@appstead/database';
import type { Position } from '../../paging/page.ts';
import { type EventRow, listReceived } from './event-store.ts';
import { Subscription } from './subscription.ts';

export type FeedParts = { db: Database; now: () => Date; pollMs: number; onError: (error: unknown) => void };

/**
 * How far each look goes back. An event can be seen only once its transaction has committed, and carries the clock of another process: both
 * together may take this long before it is missed.
 */
export const lookBackMs = 10_000;
const rowsMax = 1_000;

/** The events of one app as they come in, from whichever process, looked for once however many read. It looks only while somebody does. */
export class EventFeed {
  readonly #subscriptions = new Set<Subscription>();
  /** The events of the time that is looked at again, with when they came in. */
  readonly #known = new Map<string, number>();
  #latestMs: number;
  #timer: NodeJS.Timeout | undefined;
  #isFailing = false;
  /** Resolves when what was there before the feed is known, so that everything else is new. */
  readonly ready: Promise<void>;

  constructor(
    private readonly parts: FeedParts,
    private readonly organizationId: string,
    private readonly appId: string,
  ) {
    this.#latestMs = parts.now().getTime();
    this.ready = this.#lookForAll(() => undefined);
    // Who waits for it hears of it.
    this.ready.catch(() => undefined);
    this.#rest();
  }

  get size(): number {
    return this.#subscriptions.size;
  }

  /** `onClose` is told when the reader has gone. */
  subscribe(onClose: () => void): Subscription {
    const subscription = new Subscription((gone) => {
      this.#subscriptions.delete(gone);
      onClose();
    });
    this.#subscriptions.add(subscription);
    return subscription;
  }

  /** Ends every reader, and the feed. */
  close(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const subscription of [...this.#subscriptions]) subscription.close();
  }

  #rest(): void {
    this.#timer = setTimeout(() => void this.#look(), this.parts.pollMs).unref();
  }

  async #look(): Promise<void> {
    try {
      await this.ready;
      await this.#lookForAll((rows) => {
        const bytes = JSON.stringify(rows).length;
        for (const subscription of [...this.#subscriptions]) subscription.push(rows, bytes);
      });
      this.#isFailing = false;
    } catch (error) {
      if (!this.#isFailing) this.parts.onError(error);
      this.#isFailing = true;
    }
    if (this.#timer !== undefined) this.#rest();
  }

  async #lookForAll(found: (rows: EventRow[]) => void): Promise<void> {
    // A clock that is ahead must not take those that are not out of sight.
    const sinceMs = Math.min(this.#latestMs, this.parts.now().getTime()) - lookBackMs;
    for (const [id, receivedMs] of this.#known) if (receivedMs < sinceMs) this.#known.delete(id);
    const known = [...this.#known.keys()];
    let after: Position | undefined;
    for (;;) {
      const query = { since: after?.[0] ?? new Date(sinceMs).toISOString(), after, known, limit: rowsMax };
      const rows = await listReceived(this.parts.db, this.organizationId, this.appId, query);
      for (const { id, received_at } of rows) {
        const receivedMs = Date.parse(received_at);
        this.#known.set(id, receivedMs);
        this.#latestMs = Math.max(this.#latestMs, receivedMs);
      }
      if (rows.length > 0) found(rows);
      const last = rows.at(-1);
      if (rows.length < rowsMax || last === undefined) return;
      after = [last.received_at, last.id];
    }
  }
}
