import type { Queryable } from '@appstead/database';
import type { Logger } from 'pino';
import { v7 as uuidv7 } from 'uuid';
import type { SecretBox } from '../../keys/secret-box.ts';
import * as store from './message-store.ts';

export type Message = {
  to: string;
  subject: string;
  /** Plain text. May hold a secret: it is stored encrypted and never logged. */
  text: string;
  /** Who may read it in listMessages: a secret must not give its reader more than they have. */
  leastRole: store.Reader;
};

/** Whatever sends queued messages; told when there may be one. */
export type MessageSender = { wake(): void };

/** Outgoing mail: written with its cause, sent afterwards by another, or kept for the admins where no mail is configured. */
export class Outbox {
  constructor(private readonly services: { box: SecretBox; log: Logger; sender: MessageSender | undefined }) {}

  /** Writes a message in the transaction of its cause. What it returns is to be called once that is committed, and does not throw. */
  async write(tx: Queryable, organizationId: string, message: Message, now: Date): Promise<() => void> {
    const { box, log, sender } = this.services;
    const id = uuidv7();
    const { to: recipient, subject, text, leastRole } = message;
    await store.insert(tx, organizationId, {
      id,
      recipient,
      subject,
      body: box.seal(text, placeOf(organizationId, id)),
      leastRole,
      status: sender ? 'queued' : 'kept',
      now: now.toISOString(),
    });
    if (sender) return () => sender.wake();
    return () => log.info({ messageId: id, recipient }, 'no mail is configured: a message waits in listMessages');
  }
}

export function openBody(box: SecretBox, organizationId: string, { id, body }: { id: string; body: string }): string {
  return box.open(body, placeOf(organizationId, id));
}

function placeOf(organizationId: string, id: string): string {
  return `messages:${organizationId}:${id}:body`;
}
