import type { Database, Queryable } from '@appstead/database';
import type PgBoss from 'pg-boss';
import type { Logger } from 'pino';
import type { JobData, JobName } from './job-queues.ts';
import { type JobHandler, JobWorkers } from './job-workers.ts';
import { executor, pgBossOn, sendOptions } from './pg-boss.ts';
import { type Schedule, sendScheduled } from './schedules.ts';

const scheduleEveryMs = 5 * 60_000;
/** Jobs past their time and long finished are looked for this often, by one process. */
const tidyEveryMs = 60_000;

/**
 * Work in the background, kept in the database by pg-boss: what was sent in a transaction is done if it commits, at least once, by one process
 * at a time, and outlives the process. Handlers have to bear being run again.
 */
export class JobQueue {
  readonly #db: Database;
  readonly #workers: JobWorkers;
  readonly #log: Logger;
  readonly #schedules: Schedule[] = [];
  readonly #timers: NodeJS.Timeout[] = [];
  #boss: Promise<PgBoss> | undefined;
  #isStopping = false;

  /** `pollMs`: how often it looks for jobs that other processes sent and for those whose wait is over. */
  constructor({ db, log, pollMs = 2_000 }: { db: Database; log: Logger; pollMs?: number }) {
    this.#db = db;
    this.#log = log;
    this.#workers = new JobWorkers({ db, log, pollMs, boss: () => this.#loaded() });
  }

  /** With the connection of a transaction the job exists once that commits, and never when it does not. {@link wake} afterwards saves the wait. */
  async send<Name extends JobName>(
    db: Queryable,
    name: Name,
    data: JobData[Name],
    options: { startAfterSeconds?: number } = {},
  ): Promise<void> {
    const boss = await this.#loaded();
    const { startAfterSeconds } = options;
    const startAfter = startAfterSeconds === undefined ? {} : { startAfter: startAfterSeconds };
    await boss.send(name, data, { ...sendOptions(name), ...startAfter, db: executor(db) });
  }

  /** Looks for jobs now. To be called after the commit of the transaction that sent one. */
  wake(): void {
    this.#workers.wake();
  }

  /** Jobs of a queue are done here from {@link start} on, at most `concurrency` at a time in this process. */
  work<Name extends JobName>(name: Name, handle: JobHandler<JobData[Name]>, { concurrency = 1 }: { concurrency?: number } = {}): void {
    this.#workers.add(name, handle as JobHandler<unknown>, concurrency);
  }

  /**
   * One job per turn of so many seconds, counted from midnight UTC when they divide a day, in all processes together. A turn during which no
   * process ran is made up for at the next start while it lasts; after it, it is gone. With `alsoAtStart` every process that starts has the job
   * done once more.
   */
  schedule(name: JobName, everySeconds: number, { alsoAtStart = false }: { alsoAtStart?: boolean } = {}): void {
    this.#schedules.push({ name, everySeconds, alsoAtStart });
  }

  start(): void {
    // A process can be told to stop while it still starts.
    if (this.#isStopping) return;
    const tick = (isStart = false) => {
      this.#loaded()
        .then((boss) => sendScheduled(boss, this.#schedules, isStart))
        .then(
          () => this.wake(),
          (error: unknown) => this.#log.warn({ err: error }, 'scheduled jobs were not sent'),
        );
    };
    const tidy = () => {
      this.#workers.tidy(tidyEveryMs).catch((error: unknown) => this.#log.warn({ err: error }, 'the job queue was not tidied'));
    };
    this.#timers.push(setInterval(() => tick(), scheduleEveryMs).unref(), setInterval(tidy, tidyEveryMs).unref());
    tidy();
    tick(true);
    this.#workers.start();
  }

  /** Takes no more jobs; those that run go on. */
  beginStop(): void {
    this.#isStopping = true;
    for (const timer of this.#timers.splice(0)) clearInterval(timer);
    this.#workers.beginStop();
  }

  /** Resolves when no job runs any more. Those that still run after `graceMs` get their signal; what they leave undone is done later. */
  async stop(graceMs = 5_000): Promise<void> {
    this.beginStop();
    await this.#workers.stop(graceMs);
  }

  #loaded(): Promise<PgBoss> {
    this.#boss ??= pgBossOn(this.#db);
    return this.#boss;
  }
}
