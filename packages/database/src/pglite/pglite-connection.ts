import { Duplex } from 'node:stream';
import { DatabaseUnavailable } from '../database-errors.ts';
import type { PgliteSession } from './pglite-session.ts';
import type { PgliteWorker } from './pglite-worker.ts';

type Written = (error?: Error | null) => void;

// AuthenticationOk and ReadyForQuery(idle): there is nobody to authenticate inside one process.
const greeting = Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 0, 0x5a, 0, 0, 0, 5, 0x49]);
const startupFirstByte = 0;
const terminate = 'X'.charCodeAt(0);

/**
 * The socket that `pg` believes it has: what it writes goes to the thread of PGlite, the answers come back as data. So both engines share
 * one driver, with its types, errors and prepared statements. A connection belongs to one life of the thread and breaks with it: its
 * session state, the role above all, does not exist in the next one.
 */
export class PgliteConnection extends Duplex {
  readonly #session: PgliteSession;
  readonly #limitMs: number;
  #worker: PgliteWorker | undefined;

  constructor(session: PgliteSession, limitMs: number) {
    super({ allowHalfOpen: false });
    this.#session = session;
    this.#limitMs = limitMs;
  }

  connect(): this {
    this.#session.worker().then(
      (worker) => {
        this.#worker = worker;
        this.emit('connect');
      },
      (error: Error) => this.destroy(error),
    );
    return this;
  }

  // What pg calls on a socket and has no meaning here.
  setNoDelay(): this {
    return this;
  }
  setKeepAlive(): this {
    return this;
  }
  ref(): this {
    return this;
  }
  unref(): this {
    return this;
  }

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: BufferEncoding, written: Written): void {
    this.#send([chunk], written);
  }

  override _writev(chunks: { chunk: Buffer }[], written: Written): void {
    this.#send(
      chunks.map(({ chunk }) => chunk),
      written,
    );
  }

  override _final(done: Written): void {
    this.push(null);
    done();
  }

  #send(chunks: Buffer[], written: Written): void {
    if (chunks[0]?.[0] === startupFirstByte) {
      this.push(greeting);
      written();
      return;
    }
    const bytes = concatenate(chunks.filter((chunk) => chunk[0] !== terminate));
    if (bytes.length === 0) {
      written();
      return;
    }
    this.#execute(bytes).then((answer) => {
      this.push(Buffer.from(answer.buffer, answer.byteOffset, answer.length));
      written();
    }, written);
  }

  async #execute(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
    if (!this.#worker) throw new DatabaseUnavailable('The embedded database is not open');
    return this.#worker.execute(bytes, this.#limitMs);
  }
}

// Into memory of its own, because it is handed over to the thread.
function concatenate(chunks: Buffer[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(chunks.reduce((length, chunk) => length + chunk.length, 0));
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.length;
  }
  return bytes;
}
