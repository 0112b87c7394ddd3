import { randomInt } from 'node:crypto';
import { type Database, DatabaseError } from '@appstead/database';
import type { AppPrincipal } from '../../principal.ts';
import { enqueueDeliveries, type PassedEvent, type WebhookWaker } from '../webhooks/index.ts';
import type { JudgedEvent } from './event-judge.ts';
import { EventPartitions } from './event-partitions.ts';
import { see, writeEvents } from './event-store.ts';
import { GroupCommit, type GroupLimits } from './group-commit.ts';

/** What became of the events of one request. */
export type Taken = { accepted: number; duplicates: number };

type Services = { db: Database; now: () => Date; onStored: (organizationId: string, appId: string) => void; webhooks: WebhookWaker };

type Batch = { sender: AppPrincipal; list: JudgedEvent[]; events: number; bytes: number };

const shards = 16;
const mebibyte = 1024 * 1024;

const limits: GroupLimits = {
  write: { events: 4_000, bytes: 4 * mebibyte },
  waiting: { events: 20_000, bytes: 16 * mebibyte },
  allWaitingBytes: 64 * mebibyte,
  // Half of the default pool: ingestion leaves connections to everybody else.
  writes: 4,
};

/** Stores events. Requests of an app that come while a write of that app runs go together into the next. */
export class Ingestion {
  readonly #db: Database;
  readonly #now: () => Date;
  readonly #onStored: (organizationId: string, appId: string) => void;
  readonly #webhooks: WebhookWaker;
  readonly #partitions: EventPartitions;
  readonly #group = new GroupCommit<Batch, Taken>((_, batches) => this.#write(batches), limits);
  /** Which rows of the counters this process writes, so that processes seldom wait for each other. */
  readonly #shard = randomInt(shards);

  /** `onStored` hears of every app whose counters have changed, after the commit. */
  constructor(services: Services) {
    this.#db = services.db;
    this.#now = services.now;
    this.#onStored = services.onStored;
    this.#webhooks = services.webhooks;
    this.#partitions = new EventPartitions(services.db);
  }

  /** Resolves once the events are committed. Rejects with 503 when too many wait or the database is away; nothing is stored by half. */
  async take(sender: AppPrincipal, list: JudgedEvent[]): Promise<Taken> {
    if (list.length === 0) return { accepted: 0, duplicates: 0 };
    const bytes = list.reduce((sum, { json }) => sum + json.length, 0);
    return this.#group.add(sender.app.id, { sender, list, events: list.length, bytes });
  }

  /** Resolves when everything that was taken is stored or refused. */
  close(): Promise<void> {
    return this.#group.idle();
  }

  async #write(batches: Batch[]): Promise<Taken[]> {
    const [first] = batches as [Batch, ...Batch[]];
    const { organizationId, app } = first.sender;
    const fresh = new Map<string, JudgedEvent>();
    for (const { list } of batches) for (const event of list) if (!fresh.has(event.id)) fresh.set(event.id, event);
    const events = [...fresh.values()];
    const write = async () => {
      await this.#partitions.ensure(events.map(({ occurredAt }) => occurredAt));
      const now = this.#now();
      const receivedAt = now.toISOString();
      const rows = `[${events.map(({ json }) => json).join(',')}]`;
      return this.#db.transact(organizationId, async (tx) => {
        const written = await writeEvents(tx, organizationId, app.id, { rows, receivedAt, shard: this.#shard });
        if (app.webhookEnabled) await enqueueDeliveries(tx, organizationId, app.id, passedOn(fresh, written.duplicates), now);
        return written;
      });
    };
    const { duplicates, claimers } = await write().catch((error) => {
      if (!isPartitionMissing(error)) throw error;
      this.#partitions.forget();
      return write();
    });
    for (const id of duplicates) fresh.delete(id);
    if (fresh.size > 0) {
      this.#onStored(organizationId, app.id);
      if (app.webhookEnabled) this.#webhooks.wake(organizationId, app.id);
    }
    // By themselves, where nobody waits for anything this one has. Before the answer, so that a sender who gets it can rely on them.
    if (claimers.length > 0) await this.#db.transact(organizationId, (tx) => see(tx, organizationId, app.id, claimers, ''));
    return batches.map(({ list }) => settle(list, fresh));
  }
}

/** What was not known before, as webhooks refer to it. */
function passedOn(sent: ReadonlyMap<string, JudgedEvent>, duplicates: string[]): PassedEvent[] {
  const known = new Set(duplicates);
  return [...sent.values()].filter(({ id }) => !known.has(id)).map(({ id, occurredAt }) => ({ id, occurred_at: occurredAt }));
}

/** Of requests that sent the same event the first one has it. */
function settle(list: JudgedEvent[], fresh: Map<string, JudgedEvent>): Taken {
  let accepted = 0;
  for (const event of list) if (fresh.get(event.id) === event) accepted++;
  return { accepted, duplicates: list.length - accepted };
}

/** Retention may have removed a partition that this process knew. */
function isPartitionMissing(error: unknown): boolean {
  return error instanceof DatabaseError && error.code === '23514' && error.message.startsWith('no partition');
}
