import { Worker } from 'node:worker_threads';
import { DatabaseUnavailable } from '../database-errors.ts';

type Request = { resolve(reply: Uint8Array): void; reject(reason: Error): void; limit?: NodeJS.Timeout };
type Answer = { reply: Uint8Array; failure?: undefined } | { failure: string };

/** Beside `src` and `dist`, plain JavaScript, so that both start the same file. */
const workerFile = new URL('../../worker/pglite-worker.mjs', import.meta.url);

/** One life of the thread that runs PGlite. When it ends, for whatever reason, everything asked of it rejects with DatabaseUnavailable. */
export class PgliteWorker {
  readonly #thread: Worker;
  // The thread answers in the order it is asked.
  readonly #asked: Request[] = [];
  #ended: DatabaseUnavailable | undefined;

  private constructor(thread: Worker) {
    this.#thread = thread;
    thread.on('message', (answer: Answer) => this.#receive(answer));
    thread.on('error', (error) => this.#end(`The embedded database failed: ${error.message}`, error));
    thread.on('exit', () => this.#end('The embedded database has stopped'));
  }

  /** Resolves when the database answers. Rejects with an Error when it cannot open its folder or the snapshot. */
  static async start(files: { dataDir?: string; snapshotFile?: string }): Promise<PgliteWorker> {
    // No execArgv: the thread is plain JavaScript and needs none of the loaders of the process.
    const worker = new PgliteWorker(new Worker(workerFile, { workerData: files, execArgv: [] }));
    await worker.#next();
    return worker;
  }

  get alive(): boolean {
    return this.#ended === undefined;
  }

  /** One or more complete messages of PostgreSQL's wire protocol in, the answers out. Past `limitMs` the thread is ended. */
  execute(bytes: Uint8Array<ArrayBuffer>, limitMs: number): Promise<Uint8Array> {
    const answer = this.#ask('execute', bytes);
    const request = this.#asked.at(-1);
    if (request) request.limit = setTimeout(() => this.#end(`A statement took longer than ${limitMs} ms`), limitMs);
    return answer;
  }

  /** The data folder as an uncompressed tar file. */
  dump(): Promise<Uint8Array> {
    return this.#ask('dump');
  }

  async close(): Promise<void> {
    if (this.alive) await this.#ask('close').catch(() => undefined);
    this.#end('The embedded database is closed');
    await this.#thread.terminate();
  }

  #ask(kind: 'execute' | 'dump' | 'close', bytes?: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
    if (this.#ended) return Promise.reject(this.#ended);
    const answer = this.#next();
    this.#thread.postMessage({ kind, bytes }, bytes ? [bytes.buffer] : []);
    return answer;
  }

  #next(): Promise<Uint8Array> {
    return new Promise((resolve, reject) => this.#asked.push({ resolve, reject }));
  }

  #receive(answer: Answer): void {
    // A failure is one of PGlite itself, not an SQL error: those are answers. Nothing is known about its state any more.
    if (answer.failure !== undefined) {
      this.#end(`The embedded database failed: ${answer.failure}`);
      return;
    }
    const request = this.#asked.shift();
    clearTimeout(request?.limit);
    request?.resolve(answer.reply);
  }

  #end(reason: string, cause?: Error): void {
    if (this.#ended) return;
    this.#ended = new DatabaseUnavailable(reason, { cause });
    void this.#thread.terminate();
    for (const request of this.#asked.splice(0)) {
      clearTimeout(request.limit);
      request.reject(this.#ended);
    }
  }
}
