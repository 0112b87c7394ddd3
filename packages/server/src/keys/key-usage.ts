import type { Database } from '@appstead/database';
import * as store from './key-store.ts';

/**
 * When keys were last used, collected in memory and written in batches: no request waits for it and none writes it.
 * A crash loses at most one interval of it, which the contract allows.
 */
export class KeyUsage {
  #uses = new Map<string, Map<string, Date>>();
  #timer: NodeJS.Timeout;

  constructor(
    private readonly db: Database,
    private readonly onError: (error: unknown) => void,
    intervalMs = 30_000,
  ) {
    this.#timer = setInterval(() => void this.flush(), intervalMs).unref();
  }

  note(organizationId: string, keyId: string, now: Date): void {
    const ofOrganization = this.#uses.get(organizationId) ?? new Map<string, Date>();
    this.#uses.set(organizationId, ofOrganization.set(keyId, now));
  }

  async flush(): Promise<void> {
    const uses = this.#uses;
    this.#uses = new Map();
    for (const [organizationId, byKey] of uses) {
      try {
        const list = [...byKey].map(([id, at]) => ({ id, at: at.toISOString() }));
        await this.db.transact(organizationId, (tx) => store.touch(tx, organizationId, list));
      } catch (error) {
        this.onError(error);
      }
    }
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.flush();
  }
}
