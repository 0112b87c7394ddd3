import './keep-tick-object.ts';

export { createServer, type Server, type ServerOptions } from './create-server.ts';
export { AllowList } from './egress/allow-list.ts';
export { GuardedSender } from './egress/guarded-sender.ts';
export { bootstrap } from './features/accounts/bootstrap.ts';
export { JobQueue } from './jobs/job-queue.ts';
export { startMessageSender } from './jobs/send-messages.ts';
export { WebhookSender } from './jobs/send-webhooks.ts';
export { startJobs } from './jobs/start-jobs.ts';
export { listen } from './listen.ts';
