import pg from 'pg';
import { describeFailure } from '../database-errors.ts';
import { type Listener, Subscriptions } from '../listener.ts';

/** PGlite has one session, so messages arrive on the connection that sends them; every new connection of the pool listens again. */
export function pgliteListener(pool: pg.Pool): Listener {
  const subscriptions = new Subscriptions();

  const run = async (sql: string) => {
    try {
      const client = await pool.connect();
      await client.query(sql).finally(() => client.release());
    } catch (error) {
      throw describeFailure(error);
    }
  };
  const attach = (client: pg.ClientBase) => client.on('notification', (message) => subscriptions.deliver(message));

  let connectedBefore = false;
  pool.on('connect', (client) => {
    attach(client);
    const channels = subscriptions.channels();
    if (channels.length > 0) {
      // The failure of one of these is the failure of the connection, which the pool replaces.
      const again = channels.map((channel) => client.query(`LISTEN ${pg.escapeIdentifier(channel)}`));
      Promise.all(again).then(
        () => connectedBefore && subscriptions.reconnected(),
        () => undefined,
      );
    }
    connectedBefore = true;
  });

  return {
    async listen(subscription) {
      if (subscriptions.add(subscription)) await run(`LISTEN ${pg.escapeIdentifier(subscription.channel)}`);
      return async () => {
        if (subscriptions.remove(subscription)) await run(`UNLISTEN ${pg.escapeIdentifier(subscription.channel)}`);
      };
    },
    close: async () => undefined,
  };
}
