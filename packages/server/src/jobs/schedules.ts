import type PgBoss from 'pg-boss';
import type { JobName } from './job-queues.ts';
import { scheduleKey, sendOptions } from './pg-boss.ts';

export type Schedule = { name: JobName; everySeconds: number; alsoAtStart: boolean };

/**
 * Sends the job of the present turn unless somebody did. By turns and not by pg-boss's own cron, which skips what falls into a time when no
 * process ran: a server that is off at night would never do what is due at night.
 */
export async function sendScheduled(boss: PgBoss, schedules: Schedule[], isStart: boolean): Promise<void> {
  for (const { name, everySeconds, alsoAtStart } of schedules) {
    const sent = await boss.send(name, {}, { ...sendOptions(name), singletonKey: scheduleKey, singletonSeconds: everySeconds });
    if (sent === null && isStart && alsoAtStart) await boss.send(name, {}, sendOptions(name));
  }
}
