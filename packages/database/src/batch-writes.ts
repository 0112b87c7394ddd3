import type { Duplex } from 'node:stream';

/**
 * Makes a stream send in one piece what is written to it during one round of the event loop, once it is connected: what all requests that arrived
 * together ask of the database, and BEGIN with the first statement. A write of its own for each of several statements costs more than the
 * statements. A socket under TLS only carries, and this changes nothing.
 */
export function batchWrites<Stream extends Duplex>(stream: Stream): Stream {
  const write = stream.write.bind(stream) as (...given: unknown[]) => boolean;
  const end = stream.end.bind(stream) as (...given: unknown[]) => Stream;
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
  return stream.once('connect', () => {
    stream.write = gather;
    stream.end = (...given: unknown[]) => {
      sendAll();
      return end(...given);
    };
  });
}
