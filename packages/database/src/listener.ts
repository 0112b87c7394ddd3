import type pg from 'pg';

type Subscription = { channel: string; onMessage: (payload: string) => void; onReconnect?: () => void };

export interface Listener {
  listen(subscription: Subscription): Promise<() => Promise<void>>;
  close(): Promise<void>;
}

/** Who listens to which channel, for both engines. */
export class Subscriptions {
  readonly #all = new Set<Subscription>();

  /** True when it is the first of its channel. */
  add(subscription: Subscription): boolean {
    const first = !this.channels().includes(subscription.channel);
    this.#all.add(subscription);
    return first;
  }

  /** True when it was the last of its channel. */
  remove(subscription: Subscription): boolean {
    return this.#all.delete(subscription) && !this.channels().includes(subscription.channel);
  }

  channels(): string[] {
    return [...new Set([...this.#all].map(({ channel }) => channel))];
  }

  deliver({ channel, payload = '' }: pg.Notification): void {
    for (const subscription of this.#all) if (subscription.channel === channel) subscription.onMessage(payload);
  }

  reconnected(): void {
    for (const { onReconnect } of this.#all) onReconnect?.();
  }
}
