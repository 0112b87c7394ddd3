import type { Database, Queryable } from '@appstead/database';
import { findBehind, writeFigures } from './cached-figures-store.ts';

/** The contract promises 10 s at most; a write that fails is tried again with the next. */
const everyMs = 3_000;

/**
 * Keeps the `cached_*` of apps behind their counters by seconds: apps whose counters changed are written down, and all of an organization are
 * written together from time to time. So a busy app is written every few seconds and not for every batch.
 */
export class CachedFigures {
  #changed = new Map<string, Set<string>>();
  readonly #timer: NodeJS.Timeout;
  #writing = Promise.resolve();

  constructor(
    private readonly db: Database,
    private readonly now: () => Date,
    private readonly onError: (error: unknown) => void,
    intervalMs = everyMs,
  ) {
    this.#timer = setInterval(() => void this.flush(), intervalMs).unref();
  }

  /** The counters of the app have changed, by a transaction that has committed. */
  mark(organizationId: string, appId: string): void {
    const apps = this.#changed.get(organizationId);
    if (apps) apps.add(appId);
    else this.#changed.set(organizationId, new Set([appId]));
  }

  /** Writes what has changed up to now. Never rejects: what could not be written stays written down. */
  flush(): Promise<void> {
    this.#writing = this.#writing.then(() => this.#writeAll());
    return this.#writing;
  }

  async #writeAll(): Promise<void> {
    const changed = this.#changed;
    this.#changed = new Map();
    for (const [organizationId, apps] of changed) {
      try {
        await this.db.transact(organizationId, (tx) => writeFigures(tx, organizationId, [...apps], this.now().toISOString()));
      } catch (error) {
        for (const appId of apps) this.mark(organizationId, appId);
        this.onError(error);
      }
    }
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.flush();
  }
}

/** Brings the figures of an organization up to date that a process left behind when it ended all at once; how many. */
export async function catchUp(tx: Queryable, organizationId: string, now: Date): Promise<number> {
  const behind = await findBehind(tx, organizationId);
  if (behind.length > 0) await writeFigures(tx, organizationId, behind, now.toISOString());
  return behind.length;
}
