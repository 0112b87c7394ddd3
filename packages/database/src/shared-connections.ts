import pg from 'pg';
import { DatabaseUnavailable, describeFailure } from './database-errors.ts';

/** More than this many statements behind each other on one connection cannot all be answered in time. */
const runningMax = 1_000;
const idleCheckMs = 30_000;

type Slot = { client: pg.Client | undefined; opening: Promise<pg.Client> | undefined; running: number; used: boolean };

/** A connection with others on it. */
export type SharedClient = { client: pg.Client; release(broken?: boolean): void };

/**
 * A few connections that many short reads use at once: each statement is sent without waiting for the answers before it, so that one write to
 * the socket carries many. Every statement is a transaction of its own, and its failure is nobody else's; but it waits for what is before it, so
 * only statements that are known to be short belong here.
 */
export class SharedConnections {
  readonly #settings: pg.ClientConfig;
  readonly #log: (message: string) => void;
  readonly #slots: Slot[];
  readonly #idle: NodeJS.Timeout;
  #closed = false;

  constructor(settings: pg.ClientConfig, size: number, log: (message: string) => void) {
    this.#settings = { ...settings, pipeline: true };
    this.#log = log;
    this.#slots = Array.from({ length: size }, () => ({ client: undefined, opening: undefined, running: 0, used: false }));
    // A connection that a firewall forgot looks alive, so none is kept that nobody uses.
    this.#idle = setInterval(() => this.#closeIdle(), idleCheckMs).unref();
  }

  /** The connection with the fewest statements on it, opened when there is none. Whoever gets it must release it. Rejects with DatabaseUnavailable. */
  async take(): Promise<SharedClient> {
    if (this.#closed) throw new DatabaseUnavailable('The database is closed');
    const slot = this.#slots.reduce((least, other) => (other.running < least.running ? other : least));
    if (slot.running >= runningMax) throw new DatabaseUnavailable('Too many callers wait for a database connection');
    slot.running++;
    slot.used = true;
    try {
      const client = slot.client ?? (await this.#open(slot));
      return { client, release: (broken = false) => this.#release(slot, client, broken) };
    } catch (error) {
      slot.running--;
      throw describeFailure(error);
    }
  }

  /** Waits for what is running, then closes. */
  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#idle);
    await Promise.all(
      this.#slots.map(async (slot) => {
        const client = slot.client ?? (await slot.opening?.catch(() => undefined));
        await client?.end().catch(() => undefined);
      }),
    );
  }

  #open(slot: Slot): Promise<pg.Client> {
    slot.opening ??= this.#connect(slot).finally(() => {
      slot.opening = undefined;
    });
    return slot.opening;
  }

  async #connect(slot: Slot): Promise<pg.Client> {
    const client = new pg.Client(this.#settings);
    // The statements on it reject with the same error; unheard, the event would end the process.
    client.on('error', (error) => this.#log(`A shared database connection failed: ${error.message}`));
    client.once('end', () => this.#forget(slot, client));
    await client.connect();
    slot.client = client;
    return client;
  }

  #release(slot: Slot, client: pg.Client, broken: boolean): void {
    slot.running--;
    if (broken) this.#leave(slot, client);
  }

  /** New statements go elsewhere; those that were sent still get their answers. */
  #leave(slot: Slot, client: pg.Client): void {
    if (!this.#forget(slot, client)) return;
    client.end().catch(() => undefined);
  }

  #forget(slot: Slot, client: pg.Client): boolean {
    if (slot.client !== client) return false;
    slot.client = undefined;
    return true;
  }

  #closeIdle(): void {
    for (const slot of this.#slots) {
      if (!slot.used && slot.running === 0 && slot.client) this.#leave(slot, slot.client);
      slot.used = false;
    }
  }
}
