import type { Queryable } from '@appstead/database';
import type { JobName } from './job-queues.ts';

/** Which of the queues have a job to be done now. */
export async function dueQueues(db: Queryable, names: JobName[]): Promise<JobName[]> {
  const text = `SELECT queue.name FROM unnest($1::text[]) AS queue (name)
    WHERE EXISTS (SELECT FROM pgboss.job WHERE job.name = queue.name AND job.state < 'active' AND job.start_after < now())`;
  const { rows } = await db.query<{ name: JobName }>({ name: 'due_queues', text, values: [names] });
  return rows.map(({ name }) => name);
}

/** Whether this process is the one that tidies up now. */
export async function takeOverTidying(db: Queryable, everyMs: number): Promise<boolean> {
  // A little less, or a timer that comes early would skip a turn.
  const text = `UPDATE pgboss.version SET maintained_on = now()
    WHERE coalesce(maintained_on, '-infinity') < now() - $1 * interval '1 millisecond'`;
  return (await db.query({ text, values: [Math.floor(everyMs * 0.9)] })).rowCount > 0;
}

/** Jobs that were taken and whose time is over. */
export async function timedOut(db: Queryable): Promise<{ name: JobName; ids: string[] }[]> {
  const text = `SELECT job.name, array_agg(job.id) AS ids FROM pgboss.job
    WHERE job.state = 'active' AND job.started_on + job.expire_in < now() GROUP BY job.name`;
  return (await db.query<{ name: JobName; ids: string[] }>({ text })).rows;
}

export async function removeFinished(db: Queryable, keptSeconds: number): Promise<void> {
  const text = `DELETE FROM pgboss.job WHERE completed_on < now() - $1 * interval '1 second' OR (state < 'active' AND keep_until < now())`;
  await db.query({ text, values: [keptSeconds] });
}
