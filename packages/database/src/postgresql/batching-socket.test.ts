import { once } from 'node:events';
import { createServer } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { batchingSocket } from './batching-socket.ts';

const server = createServer((peer) => peer.pipe(peer));
beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterAll(() => server.close());

it('sends what is written in one turn at once, in order, and what comes later separately', async () => {
  const socket = batchingSocket();
  socket.connect((server.address() as { port: number }).port, '127.0.0.1');
  await once(socket, 'connect');
  const sends: number[] = [];
  const writev = socket._writev?.bind(socket);
  socket._writev = (chunks, done) => {
    sends.push(chunks.length);
    writev?.(chunks, done);
  };
  socket.write('a');
  // As the driver does around the messages of one statement.
  socket.cork();
  socket.write('b');
  socket.uncork();
  socket.write('c');
  await once(socket, 'data');
  socket.write('d');
  socket.end('e');
  let echoed = 'abc';
  for await (const chunk of socket) echoed += chunk;
  expect({ sends, echoed }).toEqual({ sends: [3, 2], echoed: 'abcde' });
});
