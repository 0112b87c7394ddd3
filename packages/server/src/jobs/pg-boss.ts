import type { Queryable } from '@appstead/database';
import type PgBoss from 'pg-boss';
import { type JobName, jobRules } from './job-queues.ts';

/**
 * Longer than any schedule's turn: while a finished job is there, no second one is made for the same turn. Removing is our own statement, so
 * this is only what pg-boss checks schedules against.
 */
export const finishedKeptSeconds = 2 * 24 * 60 * 60;

/** The singleton key of the jobs of a schedule. A finished one has to stay until its turn is over; any other is removed at its end. */
export const scheduleKey = 'schedule';

let loading: Promise<typeof PgBoss> | undefined;

/**
 * pg-boss on our connections, for sending, fetching and settling. It is never started: its own workers do not wait for what they report, so
 * an absent database would end the process, and its timers would ask the embedded database more often than there is work.
 */
export async function pgBossOn(db: Queryable): Promise<PgBoss> {
  // Nothing needs it before the port is open.
  loading ??= import('pg-boss').then((module) => module.default);
  const Boss = await loading;
  return new Boss({ db: executor(db), migrate: false, archiveCompletedAfterSeconds: finishedKeptSeconds });
}

/** A connection or transaction as pg-boss asks for it. */
export function executor(db: Queryable): PgBoss.Db {
  return { executeSql: (text, values) => db.query({ text, values }) };
}

/** What pg-boss is told about each job of a queue. */
export function sendOptions(name: JobName): PgBoss.SendOptions {
  const { retries, retryDelaySeconds, timeLimitSeconds } = jobRules[name];
  return { retryLimit: retries, retryDelay: retryDelaySeconds, retryBackoff: true, expireInSeconds: timeLimitSeconds + 60 };
}
