import pg from 'pg';
import { DatabaseUnavailable, describeFailure } from '../database-errors.ts';
import { type Listener, Subscriptions } from '../listener.ts';

const firstDelayMs = 100;
const delayMsMax = 5_000;
/** A connection that a firewall forgot looks alive for hours; asking from time to time finds out. */
const heartbeatMs = 30_000;
const heartbeatLimitMs = 5_000;

/** One long-lived connection for all channels, made with the first subscription and made again, with growing pauses, whenever it breaks. */
export class PostgresqlListener implements Listener {
  readonly #settings: pg.ClientConfig;
  readonly #log: (message: string) => void;
  readonly #subscriptions = new Subscriptions();
  #client: Promise<pg.Client> | undefined;
  #connectedBefore = false;
  #retry: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(settings: pg.ClientConfig, log: (message: string) => void) {
    this.#settings = { ...settings, query_timeout: heartbeatLimitMs };
    this.#log = log;
  }

  async listen(subscription: Parameters<Listener['listen']>[0]): Promise<() => Promise<void>> {
    if (this.#closed) throw new DatabaseUnavailable('The database is closed');
    this.#subscriptions.add(subscription);
    try {
      await this.#follow(await this.#connect(), subscription.channel);
    } catch (error) {
      this.#subscriptions.remove(subscription);
      throw describeFailure(error);
    }
    return async () => {
      this.#subscriptions.remove(subscription);
      const client = await this.#client?.catch(() => undefined);
      // On a broken connection there is nothing to end: the next one listens only to what is still wanted.
      if (client) await this.#follow(client, subscription.channel).catch(() => undefined);
    };
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#retry);
    const client = await this.#client?.catch(() => undefined);
    await client?.end();
  }

  async #follow(client: pg.Client, channel: string): Promise<void> {
    await client.query(`${this.#subscriptions.wants(channel) ? 'LISTEN' : 'UNLISTEN'} ${pg.escapeIdentifier(channel)}`);
  }

  #connect(): Promise<pg.Client> {
    if (this.#client) return this.#client;
    clearTimeout(this.#retry);
    const connecting = this.#open();
    this.#client = connecting;
    connecting.then(
      () => {
        if (this.#connectedBefore) this.#subscriptions.reconnected();
        this.#connectedBefore = true;
      },
      () => {
        this.#client = undefined;
      },
    );
    return connecting;
  }

  async #open(): Promise<pg.Client> {
    const client = new pg.Client(this.#settings);
    client.on('notification', (message) => this.#subscriptions.deliver(message));
    // Without a listener an error on an idle connection would end the process; 'end' follows it.
    client.on('error', (error) => this.#log(`The listening connection failed: ${error.message}`));
    await client.connect();
    try {
      for (const channel of this.#subscriptions.channels()) await this.#follow(client, channel);
    } catch (error) {
      await client.end();
      throw error;
    }
    const heartbeat = setInterval(() => {
      client.query('SELECT 1').catch(() => client.end());
    }, heartbeatMs).unref();
    client.once('end', () => {
      clearInterval(heartbeat);
      this.#client = undefined;
      this.#reconnect(firstDelayMs);
    });
    return client;
  }

  #reconnect(delayMs: number): void {
    if (this.#closed || this.#subscriptions.channels().length === 0) return;
    // Random, so that many processes do not return to a restarted server in step.
    this.#retry = setTimeout(
      () => this.#connect().catch(() => this.#reconnect(Math.min(delayMs * 2, delayMsMax))),
      delayMs * (0.5 + Math.random() / 2),
    );
  }
}
