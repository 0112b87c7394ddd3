import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { expect, it } from 'vitest';
import { DatabaseUnavailable } from './database-errors.ts';
import { openDatabase } from './open-database.ts';
import { testDatabase } from './testing.ts';

it('rejects with DatabaseUnavailable when nothing listens at the address', async () => {
  const server = createServer();
  const databaseUrl = await urlOf(server);
  server.close();
  await expect(openDatabase({ databaseUrl })).rejects.toThrow(DatabaseUnavailable);
});

it('rejects with DatabaseUnavailable within seconds when the address accepts and says nothing', async () => {
  const sockets: Socket[] = [];
  const server = createServer((socket) => sockets.push(socket));
  await expect(openDatabase({ databaseUrl: await urlOf(server) })).rejects.toThrow(DatabaseUnavailable);
  server.close();
  for (const socket of sockets) socket.destroy();
});

it('closes once, however often it is asked, and then answers DatabaseUnavailable', async () => {
  const db = await testDatabase();
  await Promise.all([db.close(), db.close()]);
  await expect(db.ping()).rejects.toThrow(DatabaseUnavailable);
  await expect(db.transact('0197a000-0000-7000-8000-00000000000a', async () => undefined)).rejects.toThrow(DatabaseUnavailable);
});

/** The URL of a database at a port that was free a moment ago and is now the server's. */
async function urlOf(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `postgresql://nobody@127.0.0.1:${(server.address() as AddressInfo).port}/nothing`;
}
