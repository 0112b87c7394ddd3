import type { Database, Queryable } from '@appstead/database';
import type { GuardedSender } from '../../egress/guarded-sender.ts';
import type { JobQueue } from '../../jobs/job-queue.ts';
import type { JobData } from '../../jobs/job-queues.ts';
import type { JobRun } from '../../jobs/job-workers.ts';
import { readPage } from './read-page.ts';
import { cutText } from './readable-text.ts';
import { Robots, robotName } from './robots.ts';
import { UnreadablePage } from './unreadable-page.ts';
import * as store from './url-context-store.ts';

export const textLengthMax = 20_000;

const headings: Record<store.UrlField, string> = { website_url: 'Website', app_store_url: 'App Store', play_store_url: 'Google Play' };

export function hasUrls(urls: store.AppUrls): boolean {
  return store.urlFields.some((field) => urls[field] !== null);
}

/**
 * To be called in the transaction that made or changed an app: has its pages read when they are others than before, and takes away what was
 * read of those. Whether it did; the caller then wakes the jobs after the commit.
 */
export async function followUrls(
  tx: Queryable,
  jobs: JobQueue,
  app: store.AppUrls & { organization_id: string; id: string },
  before?: store.AppUrls,
): Promise<boolean> {
  const isChanged = store.urlFields.some((field) => app[field] !== (before?.[field] ?? null));
  if (!isChanged) return false;
  if (before) await store.clear(tx, app.organization_id, app.id);
  if (hasUrls(app)) await jobs.send(tx, 'url_context', { organization_id: app.organization_id, app_id: app.id });
  return true;
}

type Services = { db: Database; sender: GuardedSender; publicUrl: string; now: () => Date; pageDeadlineMs?: number };

/**
 * Reads the pages of an app and stores their text, or why there is none. Rejects when something may succeed later, so that the job is tried
 * again; what was found is stored by then.
 */
export async function readUrlContext(
  services: Services,
  { organization_id: organizationId, app_id: appId }: JobData['url_context'],
  { isLast, signal }: JobRun,
): Promise<void> {
  const { db, sender, now } = services;
  const startedAt = now().toISOString();
  const urls = await store.findUrls(db, organizationId, appId);
  if (!urls || !hasUrls(urls)) return;
  const userAgent = `${robotName}/1.0 (+${services.publicUrl}/guides/apps/)`;
  const robots = new Robots({ sender, userAgent });
  const deadline = services.pageDeadlineMs === undefined ? {} : { deadlineMs: services.pageDeadlineMs };
  const fields = store.urlFields.filter((field) => urls[field] !== null);
  const readings = await Promise.all(
    fields.map((field) => attempt(field, urls[field] as string, { sender, robots, userAgent, signal, ...deadline })),
  );
  const failures = readings.flatMap(({ failure }) => failure ?? []);
  const isTemporary = failures.some((failure) => failure.isTemporary);
  const found = { urls, startedAt, text: textOf(readings, isTemporary), error: errorOf(readings) };
  await db.transact(organizationId, (tx) => store.store(tx, organizationId, appId, found));
  if (isTemporary && !isLast) throw new AggregateError(failures, `pages of app ${appId} could not be read`);
}

type Reading = { field: store.UrlField; url: string; text?: string; failure?: UnreadablePage };

async function attempt(field: store.UrlField, url: string, parts: Parameters<typeof readPage>[1]): Promise<Reading> {
  try {
    return { field, url, text: await readPage(url, parts) };
  } catch (failure) {
    if (!(failure instanceof UnreadablePage)) throw failure;
    return { field, url, failure };
  }
}

/** A section per page that could be read, all of the same length at most. Undefined: the earlier text shall stay. */
function textOf(readings: Reading[], isTemporary: boolean): string | null | undefined {
  const read = readings.filter(({ text }) => text !== undefined);
  if (read.length === 0) return isTemporary ? undefined : null;
  const lengthMax = Math.floor(textLengthMax / read.length) - 2;
  return read.map(({ field, url, text }) => cutText(`${headings[field]} (${cutText(url, 200)})\n\n${text}`, lengthMax)).join('\n\n');
}

function errorOf(readings: Reading[]): string | null {
  const sentences = readings.flatMap(({ field, failure }) => (failure ? [`${field}: ${failure.message}`] : []));
  return sentences.length === 0 ? null : sentences.join(' ');
}
