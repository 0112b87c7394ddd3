import { setTimeout as wait } from 'node:timers/promises';
import type { Database } from '@appstead/database';
import type PgBoss from 'pg-boss';
import type { Logger } from 'pino';
import { type JobName, jobRules } from './job-queues.ts';
import { dueQueues, removeFinished, takeOverTidying, timedOut } from './job-store.ts';
import { finishedKeptSeconds, scheduleKey } from './pg-boss.ts';

/** What a handler knows beside the data. It has to end soon after the signal aborts, by throwing unless it is done: then the job is tried again. */
export type JobRun = { attempt: number; isLast: boolean; signal: AbortSignal };
export type JobHandler<Data> = (data: Data, run: JobRun) => Promise<void>;

type Worker = { name: JobName; handle: JobHandler<unknown>; concurrency: number; running: number; mayHaveMore: boolean };
type Parts = { db: Database; log: Logger; pollMs: number; boss: () => Promise<PgBoss> };

/** Lets the wake-ups of one moment come together, and a job's time of sending be past by the database's clock. */
const wakeMs = 10;

/** Takes jobs and runs them. One statement asks for all queues whether there is anything to do; without work that is all that happens. */
export class JobWorkers {
  readonly #parts: Parts;
  readonly #workers: Worker[] = [];
  readonly #running = new Set<Promise<void>>();
  readonly #cut = new AbortController();
  #state: 'new' | 'started' | 'stopping' = 'new';
  #timer: NodeJS.Timeout | undefined;
  #turn: Promise<void> | undefined;
  #isWoken = false;
  #isFailing = false;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  add(name: JobName, handle: JobHandler<unknown>, concurrency: number): void {
    this.#workers.push({ name, handle, concurrency, running: 0, mayHaveMore: false });
  }

  start(): void {
    if (this.#state !== 'new') return;
    this.#state = 'started';
    this.#sleep();
  }

  wake(): void {
    this.#isWoken = true;
    if (!this.#turn) this.#sleep();
  }

  beginStop(): void {
    this.#state = 'stopping';
    clearTimeout(this.#timer);
  }

  async stop(graceMs: number): Promise<void> {
    await this.#turn;
    const grace = new AbortController();
    const all = Promise.all(this.#running).finally(() => grace.abort());
    await wait(graceMs, undefined, { signal: grace.signal }).catch(() => undefined);
    this.#cut.abort(new Error('the process stops'));
    await all;
  }

  /** Gives back the jobs of processes that died, and removes what is long finished. One process does it per interval. */
  async tidy(everyMs: number): Promise<void> {
    const { db, log, boss } = this.#parts;
    if (!(await takeOverTidying(db, everyMs))) return;
    for (const { name, ids } of await timedOut(db)) {
      log.warn({ job: name, count: ids.length }, 'jobs were not finished in their time');
      await (await boss()).fail(name, ids);
    }
    await removeFinished(db, finishedKeptSeconds);
  }

  #sleep(): void {
    if (this.#state !== 'started') return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(
      () => {
        this.#turn = this.#take().finally(() => {
          this.#turn = undefined;
          this.#sleep();
        });
      },
      this.#isWoken ? wakeMs : this.#parts.pollMs,
    ).unref();
    this.#isWoken = false;
  }

  async #take(): Promise<void> {
    const { db, log, boss } = this.#parts;
    const free = this.#workers.filter(({ running, concurrency }) => running < concurrency);
    if (free.length === 0) return;
    try {
      const due = new Set(
        await dueQueues(
          db,
          free.map(({ name }) => name),
        ),
      );
      for (const worker of free.filter(({ name }) => due.has(name))) {
        if (this.#state !== 'started') return;
        const batchSize = worker.concurrency - worker.running;
        const jobs = await (await boss()).fetch<object>(worker.name, { batchSize, includeMetadata: true });
        worker.mayHaveMore = jobs.length === batchSize;
        for (const job of jobs) this.#begin(worker, job);
      }
      this.#isFailing = false;
    } catch (error) {
      // Of an outage one line is enough.
      if (!this.#isFailing) log.warn({ err: error }, 'jobs cannot be fetched');
      this.#isFailing = true;
    }
  }

  #begin(worker: Worker, job: PgBoss.JobWithMetadata): void {
    worker.running++;
    const run = this.#run(worker, job).finally(() => {
      worker.running--;
      this.#running.delete(run);
      if (worker.mayHaveMore) this.wake();
    });
    this.#running.add(run);
  }

  /** Never rejects. Of a job its id and its attempt are logged, and what its handler threw. */
  async #run({ name, handle }: Worker, job: PgBoss.JobWithMetadata): Promise<void> {
    const { log, boss } = this.#parts;
    const signal = AbortSignal.any([AbortSignal.timeout(jobRules[name].timeLimitSeconds * 1000), this.#cut.signal]);
    const attempt = job.retryCount + 1;
    const isLast = job.retryCount >= job.retryLimit;
    try {
      const outcome = await handle(job.data, { attempt, isLast, signal }).then(
        () => ({ isDone: true }) as const,
        (error: unknown) => ({ isDone: false, error }) as const,
      );
      if (outcome.isDone) {
        if (job.singletonKey === scheduleKey) await (await boss()).complete(name, job.id);
        else await (await boss()).deleteJob(name, job.id);
        return;
      }
      log.warn({ job: name, jobId: job.id, attempt, err: outcome.error }, isLast ? 'a job failed' : 'a job failed and is tried again');
      // Without what was thrown: the queue keeps nothing but ids.
      await (await boss()).fail(name, job.id);
    } catch (error) {
      log.warn({ job: name, jobId: job.id, err: error }, 'the end of a job was not written: it is done again');
    }
  }
}
