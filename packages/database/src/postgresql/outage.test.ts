import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DatabaseUnavailable } from '../database-errors.ts';
import { openDatabase } from '../open-database.ts';
import { acme, insertOrganization } from '../testing/sample-rows.ts';
import { type TestDatabase, testDatabase } from '../testing.ts';

describe('an outage of PostgreSQL', () => {
  let db: TestDatabase;
  beforeAll(async () => {
    db = await testDatabase();
    await db.transact(acme, (tx) => insertOrganization(tx, acme));
  });
  afterAll(() => db.close());

  const endOthers = () =>
    db.admin.query({
      text: `SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`,
    });

  it('is not noticed by reads on connections that were idle', async () => {
    for (let round = 0; round < 5; round++) {
      await Promise.all(Array.from({ length: 8 }, () => db.query({ text: 'SELECT pg_sleep(0.01)' })));
      await endOthers();
      expect((await db.query({ text: 'SELECT 1 AS one' })).rows).toEqual([{ one: 1 }]);
    }
  });

  it('is repaired by one repetition of a read that was running', async () => {
    const reading = db.query({ text: 'SELECT pg_sleep(0.3), 1 AS one' });
    await untilActive(db, 'pg_sleep(0.3)');
    await endOthers();
    expect((await reading).rows).toMatchObject([{ one: 1 }]);
  });

  it('fails a write that was running with DatabaseUnavailable and does not repeat it', async () => {
    const writing = db.query({ text: `SELECT pg_notify('outage', pg_sleep(0.3)::text)` });
    const outcome = expect(writing).rejects.toThrow(DatabaseUnavailable);
    await untilActive(db, 'pg_sleep(0.3)::text');
    await endOthers();
    await outcome;
  });

  it('fails a transaction with DatabaseUnavailable, stores nothing of it, and the next one succeeds', async () => {
    const rename = (name: string, during: () => Promise<unknown>) =>
      db.transact(acme, async (tx) => {
        await tx.query({ text: 'UPDATE organizations SET name = $2 WHERE id = $1', values: [acme, name] });
        await during();
        await tx.query({ text: 'SELECT 1' });
      });
    await expect(rename('Lost', endOthers)).rejects.toThrow(DatabaseUnavailable);
    expect((await db.admin.query({ text: 'SELECT name FROM organizations' })).rows).toEqual([{ name: 'Some organization' }]);
    await rename('Kept', async () => undefined);
    expect((await db.admin.query({ text: 'SELECT name FROM organizations' })).rows).toEqual([{ name: 'Kept' }]);
  });

  it('stops a statement over the limit with 57014 and leaves the connection usable', async () => {
    const short = await openDatabase({ databaseUrl: await addressOf(db), statementTimeoutMs: 100, poolSize: 1 });
    await expect(short.query({ text: 'SELECT pg_sleep(5)' })).rejects.toMatchObject({ code: '57014' });
    await short.ping();
    await short.close();
  });

  it('is over for the application as soon as the server is back, without a restart', async () => {
    const target = new URL(await addressOf(db));
    const proxy = await forwarding(Number(target.port || 5432), target.hostname);
    target.host = `127.0.0.1:${proxy.port}`;
    const behind = await openDatabase({ databaseUrl: target.href });
    await behind.ping();
    proxy.cut();
    await expect(behind.ping()).rejects.toThrow(DatabaseUnavailable);
    await proxy.restore();
    await behind.ping();
    await behind.close();
    proxy.cut();
  });
});

async function addressOf(db: TestDatabase): Promise<string> {
  const { rows } = await db.admin.query<{ name: string }>({ text: 'SELECT current_database() AS name' });
  const url = new URL(process.env.TEST_DATABASE_URL ?? '');
  url.pathname = `/${rows[0]?.name}`;
  return url.href;
}

/** Waits until a statement with that text is seen running. */
async function untilActive(db: TestDatabase, text: string): Promise<void> {
  for (;;) {
    const { rowCount } = await db.admin.query({
      text: `SELECT FROM pg_stat_activity WHERE state = 'active' AND wait_event = 'PgSleep' AND position($1 IN query) > 0 AND pid <> pg_backend_pid()`,
      values: [text],
    });
    if (rowCount) return;
  }
}

async function listening(server: Server, port = 0): Promise<{ port: number; close: () => void }> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => sockets.add(socket));
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const close = () => {
    server.close();
    for (const socket of sockets) socket.destroy();
  };
  return { port: (server.address() as { port: number }).port, close };
}

/** A relay to the server that can be cut and restored on the same port. */
async function forwarding(serverPort: number, host: string) {
  const start = (port?: number) =>
    listening(
      createServer((socket) => {
        const upstream = connect(serverPort, host);
        socket.pipe(upstream).pipe(socket);
        for (const end of [socket, upstream]) end.on('error', () => undefined);
        socket.on('close', () => upstream.destroy());
      }),
      port,
    );
  let relay = await start();
  const { port } = relay;
  return {
    port,
    cut: () => relay.close(),
    restore: async () => {
      relay = await start(port);
    },
  };
}
