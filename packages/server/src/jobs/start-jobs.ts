import type { Database } from '@appstead/database';
import type { Logger } from 'pino';
import type { GuardedSender } from '../egress/guarded-sender.ts';
import { type MessageSender, Outbox } from '../features/messages/outbox.ts';
import { scheduleRetention } from '../features/retention/retention.ts';
import { readUrlContext } from '../features/url-context/url-context.ts';
import { SecretBox } from '../keys/secret-box.ts';
import type { JobQueue } from './job-queue.ts';
import { scheduleMaintenance } from './maintenance.ts';
import { scheduleWebhooks, type WebhookSender } from './send-webhooks.ts';

/** Begins to do every kind of job in this process, until the queue is stopped. */
export function startJobs(options: {
  db: Database;
  log: Logger;
  jobs: JobQueue;
  encryptionKey: Buffer;
  sender: GuardedSender;
  publicUrl: string;
  webhooks: WebhookSender;
  messageSender?: MessageSender | undefined;
  now?: () => Date;
}): void {
  const { db, log, jobs, sender, publicUrl, now = () => new Date() } = options;
  const box = new SecretBox(options.encryptionKey);
  const outbox = new Outbox({ box, log, sender: options.messageSender });
  scheduleMaintenance(jobs, { db, box, outbox, log, now });
  scheduleRetention(jobs, { db, log, now });
  jobs.work('url_context', (data, run) => readUrlContext({ db, sender, publicUrl, now }, data, run), { concurrency: 4 });
  scheduleWebhooks(jobs, options.webhooks);
  // What an earlier process left, at once; not only when the next turn comes.
  options.webhooks.scan().catch((error: unknown) => log.warn({ err: error }, 'webhooks were not looked for'));
  jobs.start();
}
