/**
 * Every queue with what its jobs carry. Ids and nothing else: the queue is shared by all organizations and has no row-level security, so a
 * handler reads what it needs inside the organization that the job names. A new queue also needs a migration that calls `pgboss.create_queue`.
 */
export type JobData = {
  maintenance: Record<string, never>;
  retention: Record<string, never>;
  url_context: { organization_id: string; app_id: string };
  webhooks: Record<string, never>;
};

export type JobName = keyof JobData;

export type JobRules = {
  /** How often a job that failed is tried again. The wait before it doubles from `retryDelaySeconds`, with some chance in it. */
  retries: number;
  retryDelaySeconds: number;
  /** When the signal of the handler aborts. A minute later the job counts as failed, because its process must have died. */
  timeLimitSeconds: number;
};

export const jobRules: Record<JobName, JobRules> = {
  maintenance: { retries: 3, retryDelaySeconds: 60, timeLimitSeconds: 900 },
  retention: { retries: 5, retryDelaySeconds: 60, timeLimitSeconds: 3_600 },
  url_context: { retries: 3, retryDelaySeconds: 60, timeLimitSeconds: 120 },
  webhooks: { retries: 0, retryDelaySeconds: 60, timeLimitSeconds: 60 },
};
