import type { Database } from '@appstead/database';
import type { Logger } from 'pino';
import * as store from '../features/messages/message-store.ts';
import { type MessageSender, openBody } from '../features/messages/outbox.ts';
import { type Delivery, DeliveryFailed, smtpDelivery } from '../features/messages/smtp-delivery.ts';
import { SecretBox } from '../keys/secret-box.ts';

const pollMs = 5_000;
const batchMax = 50;
/** About 14 hours from the first attempt to the last. */
export const attemptsMax = 10;

/** How long after an attempt the next one is due. Longer than an attempt can take, so that no two run at once. */
export function retryMs(attempts: number): number {
  return Math.min(2 ** (attempts - 1) * 2 * 60_000, 6 * 60 * 60_000);
}

type Parts = { db: Database; box: SecretBox; delivery: Delivery; log: Logger; now: () => Date; isStopping?: () => boolean };

/**
 * Sends what is due, once each: a message is taken in a transaction before it is sent, so several processes can do this side by side. At least
 * once: when this process dies after the mail server took a letter, it goes out again, under the same Message-ID. Of a message only id and
 * number of attempts are logged.
 */
export async function sendDue(parts: Parts): Promise<void> {
  const { db, now, isStopping = () => false } = parts;
  for (;;) {
    const due = await store.listDue(db, now().toISOString(), batchMax);
    for (const message of due) {
      if (isStopping()) return;
      await attempt(parts, message.organization_id, message.id);
    }
    if (due.length < batchMax) return;
  }
}

async function attempt({ db, box, delivery, log, now }: Parts, organizationId: string, id: string): Promise<void> {
  const at = now();
  const nextAttemptAt = (attempts: number) => new Date(at.getTime() + retryMs(attempts)).toISOString();
  const claimed = await db.transact(organizationId, (tx) => store.claim(tx, organizationId, id, at.toISOString(), nextAttemptAt));
  if (!claimed) return;
  const { recipient: to, subject, attempts } = claimed;
  const settle = (status: 'sent' | 'failed') => db.transact(organizationId, (tx) => store.settle(tx, organizationId, id, status));
  try {
    await delivery.deliver({ id, to, subject, text: openBody(box, organizationId, { id, body: claimed.body }) });
  } catch (error) {
    const isLast = attempts >= attemptsMax || (error instanceof DeliveryFailed && error.permanent);
    if (isLast) await settle('failed');
    log.warn({ messageId: id, attempts, err: error }, isLast ? 'a message could not be sent' : 'a message could not be sent yet');
    return;
  }
  await settle('sent');
  log.debug({ messageId: id, attempts }, 'a message was sent');
}

/** Sends messages in the background until stopped: at once when woken, and by itself what other processes queued or could not send. */
export function startMessageSender(options: {
  db: Database;
  log: Logger;
  encryptionKey: Buffer;
  smtpUrl: string;
  from: string;
  now?: () => Date;
}): MessageSender & { stop(): Promise<void> } {
  const { db, log, now = () => new Date() } = options;
  const delivery = smtpDelivery(options.smtpUrl, options.from);
  const state = { stopping: false, isWanted: false };
  const parts = { db, log, now, delivery, box: new SecretBox(options.encryptionKey), isStopping: () => state.stopping };
  let pass: Promise<void> | undefined;
  const wake = () => {
    state.isWanted = true;
    pass ??= run();
  };
  async function run(): Promise<void> {
    while (state.isWanted && !state.stopping) {
      state.isWanted = false;
      await sendDue(parts).catch((error: unknown) => log.warn({ err: error }, 'messages were not sent'));
    }
    pass = undefined;
  }
  const timer = setInterval(wake, pollMs).unref();
  wake();
  return {
    wake,
    stop: async () => {
      state.stopping = true;
      clearInterval(timer);
      await pass;
      delivery.close();
    },
  };
}
