import type pg from 'pg';

type Subscription = { channel: string; onMessage: (payload: string) => void; onReconnect?: () => void };

export interface Listener {
  listen(subscription: Subscription): Promise<() => Promise<void>>;
  close(): Promise<void>;
}

/** Who listens to which channel, for both engines. */
export class Subscriptions {
  readonly #all = new Set<Subscription>();

  add(subscription: Subscription): void {
    this.#all.add(subscription);
  }

  remove(subscription: Subscription): void {
    this.#all.delete(subscription);
  }

  wants(channel: string): boolean {
    return this.channels().includes(channel);
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
