import { randomUUID } from 'node:crypto';
import type { Database } from '@appstead/database';
import type { GuardedSender } from '../../egress/guarded-sender.ts';
import type { SecretBox } from '../../keys/secret-box.ts';
import { type Attempted, attemptDelivery } from './attempt-delivery.ts';
import * as deliveries from './delivery-store.ts';
import { type DueDelivery, listDue } from './due-store.ts';
import { endWebhook } from './end-webhook.ts';
import { afterAttempt, type Health, healthy, isInTrouble } from './endpoint-health.ts';
import * as endpoints from './endpoint-store.ts';
import { SettleAttempts } from './settle-attempts.ts';
import { ensureEndpoint, signingSecrets } from './webhook-secrets.ts';

export type DrainParts = {
  db: Database;
  sender: GuardedSender;
  box: SecretBox;
  now: () => Date;
  /** Between 0 and 1, for the jitter of the schedule. */
  random: () => number;
  /** Ends the attempts that run; they are made again by whoever comes next. */
  signal: AbortSignal;
  /** Begin nothing new. */
  isStopping: () => boolean;
};

/** How many deliveries of one app are sent at a time, in all processes together. */
const sentAtOnceMax = 5;
const batchMax = 100;
/** Longer than an attempt with the write of its end, because each write renews it. */
const leaseMs = 60_000;
/** How long what was read of a batch may be sent. After that it is read again, because of who was erased, and of an app or a secret that is gone by then. */
const freshMs = 1_000;

/** What a drain did, and when there is something to do again for this app; undefined when nothing waits. */
export type Drained = { attempts: number; nextAt: Date | undefined };

type Held = { receiver: endpoints.Receiver; secrets: string[]; health: Health };

/** Another process sends for the app by now; what it does counts. */
class LeaseLost extends Error {}

/**
 * Sends what is due for one app, unless another process does or the receiver is to be left alone. Claims an app and not each delivery: an attempt
 * is one write, its end. When this process dies, another goes on once the lease is over, with everything whose end was not written.
 */
export async function drainApp(parts: DrainParts, organizationId: string, appId: string): Promise<Drained> {
  const { db } = parts;
  const lease = randomUUID();
  const held = await take(parts, organizationId, appId, lease);
  if (!('receiver' in held)) return { attempts: 0, nextAt: held.busyUntil === undefined ? undefined : new Date(held.busyUntil) };
  const release = () => db.transact(organizationId, (tx) => endpoints.releaseLease(tx, organizationId, appId, lease));
  const drain = new Drain(parts, organizationId, appId, lease, held);
  try {
    await drain.run();
  } catch (error) {
    if (!(error instanceof LeaseLost)) {
      // Whoever comes next need not wait until it is over. Where the database is away, it does.
      await release().catch(() => undefined);
      throw error;
    }
  }
  await release();
  // Only now, in a transaction of its own: who added something and found the lease still held relies on its being seen here.
  const nextAt = await db.transact(organizationId, (tx) => deliveries.nextDueAt(tx, organizationId, appId));
  const dueMs =
    nextAt === undefined || drain.hasEnded ? undefined : Math.max(Date.parse(nextAt), Date.parse(drain.health.paused_until ?? nextAt));
  return { attempts: drain.attempts, nextAt: dueMs === undefined ? undefined : new Date(dueMs) };
}

/** An app that is another's is worth a look when its lease is over: the process that has it may have died. */
type Busy = { busyUntil: string | undefined };

function take({ db, box, now }: DrainParts, organizationId: string, appId: string, lease: string): Promise<Held | Busy> {
  const at = now();
  return db.transact(organizationId, async (tx) => {
    const receiver = await endpoints.findReceiver(tx, organizationId, appId);
    if (!receiver) return { busyUntil: undefined };
    await ensureEndpoint({ tx, organizationId, box, now: at }, appId);
    const until = new Date(at.getTime() + leaseMs).toISOString();
    const row = await endpoints.takeLease(tx, organizationId, appId, { lease, now: at.toISOString(), until });
    if (!row) return { busyUntil: await endpoints.findBusyUntil(tx, organizationId, appId) };
    return { receiver, secrets: signingSecrets(box, organizationId, row, at), health: row };
  });
}

/** One hold of one app. */
class Drain {
  attempts = 0;
  /** The webhook was turned off. */
  hasEnded = false;
  health: Health;
  /** Where to and signed by what, as it was when the batch was read. */
  #target: { receiver: endpoints.Receiver; secrets: string[] };
  readonly #settle = new SettleAttempts((attempts) => this.#write(attempts));

  constructor(
    private readonly parts: DrainParts,
    private readonly organizationId: string,
    private readonly appId: string,
    private readonly lease: string,
    held: Held,
  ) {
    this.#target = held;
    const { failures, failing_since, paused_until } = held.health;
    this.health = { failures, failing_since, paused_until };
  }

  /** Sends until nothing is due. Rejects with LeaseLost, with a failure of the database, or with the reason of the signal. */
  async run(): Promise<void> {
    const { db, now } = this.parts;
    while (this.#mayGoOn()) {
      const limit = isInTrouble(this.health) ? 1 : batchMax;
      const at = now().toISOString();
      const due = await db.transact(this.organizationId, async (tx) => {
        const receiver = await endpoints.findReceiver(tx, this.organizationId, this.appId);
        const endpoint = await endpoints.find(tx, this.organizationId, this.appId);
        if (!receiver || !endpoint) return [];
        this.#target = { receiver, secrets: signingSecrets(this.parts.box, this.organizationId, endpoint, now()) };
        return listDue(tx, this.organizationId, this.appId, at, limit);
      });
      const begun = await this.#send(due);
      if (begun === due.length && due.length < limit) return;
    }
  }

  #mayGoOn(): boolean {
    const { paused_until: pausedUntil } = this.health;
    const isPaused = pausedUntil !== null && pausedUntil > this.parts.now().toISOString();
    return !this.parts.isStopping() && !this.hasEnded && !isPaused;
  }

  /** How many of them were begun before they had to be read again. */
  async #send(due: DueDelivery[]): Promise<number> {
    const rest = due.values();
    const readMs = this.parts.now().getTime();
    let begun = 0;
    const work = async () => {
      for (const delivery of rest) {
        if (!this.#mayGoOn() || Math.abs(this.parts.now().getTime() - readMs) > freshMs) return;
        begun++;
        const attempted = await attemptDelivery(this.parts, this.#target, delivery);
        if (attempted.sign) this.attempts++;
        await this.#settle.add(attempted);
      }
    };
    const ended = await Promise.allSettled(Array.from({ length: Math.min(sentAtOnceMax, due.length) }, work));
    for (const result of ended) if (result.status === 'rejected') throw result.reason;
    return begun;
  }

  async #write(attempts: Attempted[]): Promise<void> {
    const { db, now } = this.parts;
    const { organizationId, appId, lease } = this;
    const at = now();
    const judged = judge(this.health, attempts, at);
    const until = new Date(at.getTime() + leaseMs).toISOString();
    await db.transact(organizationId, async (tx) => {
      if (!(await endpoints.keepLease(tx, organizationId, appId, { lease, until }, judged.health))) throw new LeaseLost();
      const outcomes = attempts.map(({ outcome }) => outcome);
      await deliveries.settle(tx, organizationId, appId, outcomes, at.toISOString());
      if (judged.end) await endWebhook(tx, organizationId, appId, judged.end, at);
    });
    this.health = judged.health;
    this.hasEnded ||= judged.end !== undefined;
  }
}

function judge(before: Health, attempts: Attempted[], at: Date): ReturnType<typeof afterAttempt> {
  let judged: ReturnType<typeof afterAttempt> = { health: before };
  for (const { sign } of attempts) {
    if (!sign) continue;
    const { end } = judged;
    judged = afterAttempt(judged.health, sign, at);
    if (end) judged = { end, ...judged };
  }
  return judged.end ? { ...judged, health: healthy } : judged;
}
