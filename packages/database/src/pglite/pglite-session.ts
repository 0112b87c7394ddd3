import { DatabaseUnavailable } from '../database-errors.ts';
import { PgliteWorker } from './pglite-worker.ts';

/** Keeps one PGlite thread running on one data folder and starts another when it has ended. */
export class PgliteSession {
  readonly #files: { dataDir?: string; snapshotFile?: string };
  readonly #log: (message: string) => void;
  #current: Promise<PgliteWorker> | undefined;
  #closed = false;

  constructor(files: { dataDir?: string; snapshotFile?: string }, log: (message: string) => void) {
    this.#files = files;
    this.#log = log;
  }

  /** The running thread, or a new one. Rejects with DatabaseUnavailable once closed, or when an in-memory database is gone. */
  async worker(): Promise<PgliteWorker> {
    if (this.#closed) throw new DatabaseUnavailable('The embedded database is closed');
    const running = this.#current;
    if (!running) return this.#start();
    const worker = await running;
    if (worker.alive) return worker;
    // Its rows went with the thread; an empty database in its place would look like a loss nobody reported.
    if (!this.#files.dataDir) throw new DatabaseUnavailable('The in-memory database stopped, and what it held is gone');
    if (this.#current !== running) return this.worker();
    this.#log('The embedded database stopped; opening its data folder again');
    return this.#start();
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#current?.then(
      (worker) => worker.close(),
      () => undefined,
    );
  }

  #start(): Promise<PgliteWorker> {
    const starting = PgliteWorker.start(this.#files);
    this.#current = starting;
    starting.catch(() => {
      if (this.#current === starting) this.#current = undefined;
    });
    return starting;
  }
}
