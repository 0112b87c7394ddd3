import { Socket } from 'node:net';

/**
 * A socket that sends at once what was written during one turn of the event loop: a write of its own for each of several statements costs more
 * than the statements. With TLS the socket only carries, and this changes nothing.
 */
export function batchingSocket(): Socket {
  const socket = new Socket();
  const write = socket.write.bind(socket) as (...given: unknown[]) => boolean;
  let gathers = false;
  const sendAll = () => {
    gathers = false;
    socket.uncork();
  };
  const gather = (...given: unknown[]) => {
    if (!gathers) {
      gathers = true;
      socket.cork();
      process.nextTick(sendAll);
    }
    return write(...given);
  };
  // Not before: connecting gives a socket the method of its class.
  return socket.once('connect', () => {
    socket.write = gather;
  });
}
