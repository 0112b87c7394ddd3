import type { Database, Queryable } from '../database.ts';

/** The database with what tests need besides; closing it closes that as well. */
export function withAdmin(database: Database, admin: Queryable, afterClose: () => Promise<void>): Database & { readonly admin: Queryable } {
  let closing: Promise<void> | undefined;
  return {
    kind: database.kind,
    admin,
    query: (statement) => database.query(statement),
    transact: (organizationId, work) => database.transact(organizationId, work),
    ping: () => database.ping(),
    listen: (channel, onMessage, onReconnect) => database.listen(channel, onMessage, onReconnect),
    close() {
      closing ??= database.close().then(afterClose);
      return closing;
    },
  };
}
