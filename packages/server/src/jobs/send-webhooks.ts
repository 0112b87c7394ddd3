import { setMaxListeners } from 'node:events';
import { DatabaseUnavailable } from '@appstead/database';
import type { Logger } from 'pino';
import { listDueApps } from '../features/webhooks/delivery-store.ts';
import { type DrainParts, drainApp } from '../features/webhooks/drain-app.ts';
import type { WebhookWaker } from '../features/webhooks/webhook-waker.ts';
import { SecretBox } from '../keys/secret-box.ts';
import type { JobQueue } from './job-queue.ts';

/** How many apps a process sends for at a time. Dead receivers hold one place each, until they are left alone. */
const appsMax = 64;
/** A timer may not be longer than 2^31 ms; what waits longer than this, nothing does. */
const timerMsMax = 7 * 24 * 60 * 60_000;
/** When an app could not be looked at, because the database was away, it is looked at again after this. */
const failedAgainMs = 2_000;
/** As often as the queue looks at its schedules. */
const scanSeconds = 5 * 60;

type Parts = Pick<DrainParts, 'db' | 'sender'> & { log: Logger; encryptionKey: Buffer; now?: () => Date; random?: () => number };
type App = { organizationId: string; appId: string };

/** Sends webhooks in the background until stopped: for an app that it is woken for, and for all of them when told to scan. */
export class WebhookSender implements WebhookWaker {
  readonly #parts: DrainParts;
  readonly #log: Logger;
  readonly #cut = new AbortController();
  /** By app; true when it has to be looked at once more. */
  readonly #running = new Map<string, boolean>();
  readonly #waiting = new Map<string, App>();
  readonly #timers = new Map<string, NodeJS.Timeout>();
  readonly #drains = new Set<Promise<void>>();
  #isStopping = false;

  constructor(parts: Parts) {
    const { db, sender, log, now = () => new Date(), random = Math.random } = parts;
    const box = new SecretBox(parts.encryptionKey);
    this.#log = log;
    // Each attempt that runs listens to it, and there may be hundreds.
    setMaxListeners(0, this.#cut.signal);
    this.#parts = { db, sender, box, now, random, signal: this.#cut.signal, isStopping: () => this.#isStopping };
  }

  wake(organizationId: string, appId: string): void {
    if (this.#isStopping) return;
    if (this.#running.has(appId)) this.#running.set(appId, true);
    else this.#waiting.set(appId, { organizationId, appId });
    this.#next();
  }

  /** Wakes for every app with something due. Rejects when the database is away. */
  async scan(): Promise<void> {
    const apps = await listDueApps(this.#parts.db, this.#parts.now().toISOString());
    for (const { organization_id, app_id } of apps) this.wake(organization_id, app_id);
  }

  /** Resolves when nothing runs and nothing waits to; what is due later stays. */
  async idle(): Promise<void> {
    while (this.#drains.size > 0) await Promise.all(this.#drains);
  }

  /** Begins nothing new, and waits for attempts that run; after so many ms it ends them, and they are made again by whoever comes next. */
  async stop(graceMs = 10_000): Promise<void> {
    this.beginStop();
    const timer = setTimeout(() => this.#cut.abort(new Error('the process stops')), graceMs);
    await this.idle();
    clearTimeout(timer);
  }

  beginStop(): void {
    this.#isStopping = true;
    this.#waiting.clear();
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }

  #next(): void {
    for (const [appId, app] of this.#waiting) {
      if (this.#running.size >= appsMax) return;
      this.#waiting.delete(appId);
      this.#running.set(appId, false);
      const drain = this.#drain(app).finally(() => {
        this.#drains.delete(drain);
        this.#next();
      });
      this.#drains.add(drain);
    }
  }

  /** Never rejects. */
  async #drain({ organizationId, appId }: App): Promise<void> {
    const nextAt = await drainApp(this.#parts, organizationId, appId).then(
      ({ nextAt }) => nextAt,
      (error: unknown) => {
        if (!this.#cut.signal.aborted) this.#log.warn({ appId, err: error }, 'webhooks were not sent');
        // What fails for another reason would fail again at once.
        return error instanceof DatabaseUnavailable ? new Date(this.#parts.now().getTime() + failedAgainMs) : undefined;
      },
    );
    const again = this.#running.get(appId);
    this.#running.delete(appId);
    if (this.#isStopping) return;
    if (again) this.wake(organizationId, appId);
    else if (nextAt) this.#later({ organizationId, appId }, nextAt.getTime() - this.#parts.now().getTime());
  }

  #later({ organizationId, appId }: App, ms: number): void {
    clearTimeout(this.#timers.get(appId));
    this.#timers.delete(appId);
    if (ms <= 0) {
      this.wake(organizationId, appId);
      return;
    }
    const timer = setTimeout(
      () => {
        this.#timers.delete(appId);
        this.wake(organizationId, appId);
      },
      Math.min(ms, timerMsMax),
    ).unref();
    this.#timers.set(appId, timer);
  }
}

/** A look at everything that is due, every five minutes by one process: for what was left behind by others, whose timers are gone with them. */
export function scheduleWebhooks(jobs: JobQueue, webhooks: WebhookSender): void {
  jobs.work('webhooks', () => webhooks.scan());
  jobs.schedule('webhooks', scanSeconds);
}
