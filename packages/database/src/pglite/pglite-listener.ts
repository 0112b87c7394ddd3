import pg from 'pg';
import { describeFailure } from '../database-errors.ts';
import { type Listener, Subscriptions } from '../listener.ts';

/** PGlite has one session, so messages arrive on the connection that sends them; every new connection of the pool listens again. */
export function pgliteListener(pool: pg.Pool): Listener {
  const subscriptions = new Subscriptions();

  const follow = async (channel: string) => {
    try {
      const client = await pool.connect();
      // Asked only now, because others may have come or gone while waiting for the session.
      const command = subscriptions.wants(channel) ? 'LISTEN' : 'UNLISTEN';
      await client.query(`${command} ${pg.escapeIdentifier(channel)}`).finally(() => client.release());
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
      subscriptions.add(subscription);
      try {
        await follow(subscription.channel);
      } catch (error) {
        subscriptions.remove(subscription);
        throw error;
      }
      return async () => {
        subscriptions.remove(subscription);
        await follow(subscription.channel).catch(() => undefined);
      };
    },
    close: async () => undefined,
  };
}
