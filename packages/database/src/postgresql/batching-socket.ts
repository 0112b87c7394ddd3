import { Socket } from 'node:net';

/**
 * A socket that sends in one piece what is written to it during one round of the event loop: what all requests that arrived together ask of the
 * database. A write of its own for each of several statements costs more than the statements. With TLS the socket only carries, and this changes
 * nothing.
 */
export function batchingSocket(): Socket {
  const socket = new Socket();
  const write = socket.write.bind(socket) as (...given: unknown[]) => boolean;
  const end = socket.end.bind(socket) as (...given: unknown[]) => Socket;
  let pending: Buffer[] = [];
  const sendAll = () => {
    if (pending.length === 0) return;
    const all = pending.length === 1 ? pending[0] : Buffer.concat(pending);
    pending = [];
    write(all);
  };
  const gather = (chunk: unknown, ...more: unknown[]) => {
    if (!Buffer.isBuffer(chunk) || more.length > 0) {
      // Somebody waits until it is written, as at the end of a connection: everything before it goes first.
      sendAll();
      return write(chunk, ...more);
    }
    // A tick would be over after each request; this is over after all that arrived with it.
    if (pending.push(chunk) === 1) setImmediate(sendAll);
    return true;
  };
  // Not before: connecting gives a socket the method of its class.
  return socket.once('connect', () => {
    socket.write = gather;
    socket.end = (...given: unknown[]) => {
      sendAll();
      return end(...given);
    };
  });
}
