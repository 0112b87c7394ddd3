import { once } from 'node:events';
import { createServer, Socket } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { batchWrites } from './batch-writes.ts';

const server = createServer((peer) => peer.pipe(peer));
beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterAll(() => server.close());

it('sends what is written in one round of the event loop in one piece, in order, and what comes later separately', async () => {
  const socket = batchWrites(new Socket());
  socket.connect((server.address() as { port: number }).port, '127.0.0.1');
  await once(socket, 'connect');
  const sent: string[] = [];
  const write = socket._write.bind(socket);
  socket._write = (chunk, ...more) => {
    sent.push(String(chunk));
    write(chunk, ...more);
  };
  const say = (text: string) => socket.write(Buffer.from(text));
  say('a');
  // As the driver does around the messages of one statement.
  socket.cork();
  say('b');
  socket.uncork();
  // A request that arrived with the first, and is looked at after what the first set off.
  await new Promise((resolve) => process.nextTick(resolve));
  say('c');
  await once(socket, 'data');
  say('d');
  // As the driver says goodbye: it waits until that is written.
  await new Promise((resolve) => socket.write('e', 'utf8', resolve));
  say('f');
  socket.end('g');
  let echoed = 'abc';
  for await (const chunk of socket) echoed += chunk;
  expect({ sent, echoed }).toEqual({ sent: ['abc', 'd', 'e', 'f', 'g'], echoed: 'abcdefg' });
});
