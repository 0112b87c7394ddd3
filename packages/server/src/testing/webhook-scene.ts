import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { type Received, type Receiver, startReceiver } from '../egress/testing/receiver.ts';
import { WebhookSender } from '../jobs/send-webhooks.ts';
import { type Harness, startServer } from './server-harness.ts';

export const minuteMs = 60_000;
export const hourMs = 60 * minuteMs;
export const dayMs = 24 * hourMs;

/** What happens around webhooks in the tests of one file: a server, a receiver for each test, and processes that send, whose time tests set. */
export class WebhookScene {
  server!: Harness;
  receiver!: Receiver;
  #senders: WebhookSender[] = [];

  constructor() {
    beforeAll(async () => {
      this.server = await startServer({ egressAllow: '127.0.0.0/8:*' });
    });
    afterAll(() => this.server.close());
    beforeEach(async () => {
      this.#senders = [];
      this.receiver = await startReceiver();
    });
    afterEach(async () => {
      await Promise.all(this.#senders.map((sender) => sender.stop(0)));
      this.server.state.offsetMs = 0;
      await this.receiver.close();
      await this.server.admin.query({ text: 'DELETE FROM webhook_deliveries' });
    });
  }

  /** What sends webhooks, as one process has it. In real time it does nothing by itself that a test would see. */
  newSender(random = () => 0.5): WebhookSender {
    const { db, sender, encryptionKey, now } = this.server;
    const made = new WebhookSender({ db, log: pino({ level: 'silent' }), sender, encryptionKey, now, random });
    this.#senders.push(made);
    return made;
  }

  /** One look at everything that is due. */
  async pass(sender: WebhookSender): Promise<void> {
    await sender.scan();
    await sender.idle();
  }

  /** Lets time go by from one look to the next. */
  async passTime(sender: WebhookSender, ms: number, stepMs: number): Promise<void> {
    for (const end = this.server.state.offsetMs + ms; this.server.state.offsetMs < end; ) {
      this.server.state.offsetMs += stepMs;
      await this.pass(sender);
    }
  }

  answerWith(status: number, headers: Record<string, string> = {}): void {
    this.receiver.state.answer = (_, response) => response.writeHead(status, headers).end();
  }
}

export const idsOf = (received: Received[]) => received.map(({ headers }) => headers['webhook-id'] as string);
export const eventsOf = (received: Received[]) => received.map(({ body }) => JSON.parse(body).data.id as string);
