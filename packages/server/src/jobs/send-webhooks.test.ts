import { setTimeout as pause } from 'node:timers/promises';
import { pino } from 'pino';
import { Webhook } from 'standardwebhooks';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Received, type Receiver, startReceiver } from '../egress/testing/receiver.ts';
import { call } from '../testing/call.ts';
import { type Harness, startServer } from '../testing/server-harness.ts';
import { newWebhookApp, type WebhookApp } from '../testing/webhook-app.ts';
import { WebhookSender } from './send-webhooks.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

let server: Harness;
let receiver: Receiver;
let senders: WebhookSender[];
beforeAll(async () => {
  server = await startServer({ egressAllow: '127.0.0.0/8:*' });
});
afterAll(() => server.close());
beforeEach(async () => {
  senders = [];
  receiver = await startReceiver();
});
afterEach(async () => {
  await Promise.all(senders.map((sender) => sender.stop(0)));
  server.state.offsetMs = 0;
  await receiver.close();
  await server.admin.query({ text: 'DELETE FROM webhook_deliveries' });
});

const log = pino({ level: 'silent' });

/** What sends webhooks, as one process has it. Begins by itself only what is due again within this test's real time, which is nothing. */
function newSender(random = () => 0.5): WebhookSender {
  const { db, sender, encryptionKey, now } = server;
  senders.push(new WebhookSender({ db, log, sender, encryptionKey, now, random }));
  return senders.at(-1) as WebhookSender;
}

/** One look at everything that is due. */
async function pass(sender: WebhookSender): Promise<void> {
  await sender.scan();
  await sender.idle();
}

/** Lets time go by from one look to the next. */
async function passTime(sender: WebhookSender, ms: number, stepMs: number): Promise<void> {
  for (const end = server.state.offsetMs + ms; server.state.offsetMs < end; ) {
    server.state.offsetMs += stepMs;
    await pass(sender);
  }
}

const answerWith = (status: number, headers: Record<string, string> = {}) => {
  receiver.state.answer = (_, response) => response.writeHead(status, headers).end();
};
const idsOf = (received: Received[]) => received.map(({ headers }) => headers['webhook-id'] as string);
const eventsOf = (received: Received[]) => received.map(({ body }) => JSON.parse(body).data.id as string);
const minutesOf = (received: Received[]) => {
  const first = Number(received[0]?.headers['webhook-timestamp']);
  return received.map(({ headers }) => Math.round((Number(headers['webhook-timestamp']) - first) / 60));
};

/** What the library of Standard Webhooks says to a message, at the time it was sent. */
function verify(message: Received, secret: string): unknown {
  vi.useFakeTimers({ toFake: ['Date'], now: Number(message.headers['webhook-timestamp']) * 1000 });
  try {
    return new Webhook(secret).verify(message.body, message.headers as Record<string, string>);
  } finally {
    vi.useRealTimers();
  }
}

describe('a webhook', () => {
  it('gets every event that was taken in, once and at once, signed as Standard Webhooks says', async () => {
    const sender = newSender();
    const beside = await startServer({ beside: server, egressAllow: '127.0.0.0/8:*', webhooks: sender });
    const app = await newWebhookApp({ ...server, url: beside.url } as Harness, `${receiver.url}/in?token=a`);
    const sent = await app.send(250, { user_id: 'ada', properties: { plan: 'pro' }, revenue: { amount: 999, currency: 'EUR' } });
    await expect.poll(() => receiver.received.length, { timeout: 10_000 }).toBe(250);
    await sender.idle();
    expect(eventsOf(receiver.received).sort()).toEqual([...sent].sort());
    const secret = await app.secret();
    for (const message of receiver.received) verify(message, secret);
    const [message] = receiver.received as [Received];
    expect(() => verify({ ...message, body: message.body.replace('999', '998') }, secret)).toThrow('No matching signature');
    expect(message).toMatchObject({ method: 'POST', url: '/in?token=a', headers: { 'content-type': 'application/json' } });
    expect(verify(message, secret)).toEqual({
      type: 'event.received',
      timestamp: expect.any(String),
      data: {
        ...{ id: eventsOf([message])[0], app_id: app.id, name: 'opened', timestamp: expect.any(String), received_at: expect.any(String) },
        ...{ app_user_id: expect.any(String), user_id: 'ada', anonymous_id: null, session_id: null, platform: 'web', country: null },
        ...{ properties: { plan: 'pro' }, revenue: { amount: 999, currency: 'EUR' } },
      },
    });
    const listed = await app.deliveries();
    expect(listed).toHaveLength(200);
    expect(listed[0]).toMatchObject({ status: 'delivered', attempts: [{ status: 204, failure: null }], next_attempt_at: null });
    await beside.close();
  });

  it('that is off gets nothing, and none of what came before it was on', async () => {
    const app = await newWebhookApp(server, receiver.url, { webhook_enabled: false });
    await app.send(3);
    await app.update({ webhook_enabled: true });
    await pass(newSender());
    expect(receiver.received).toEqual([]);
  });

  it('whose receiver is down for an hour gets everything afterwards, under the ids it had', async () => {
    const app = await newWebhookApp(server, receiver.url);
    const sender = newSender(Math.random);
    answerWith(503);
    const sent = await app.send(40);
    await pass(sender);
    await passTime(sender, hourMs, minuteMs);
    const failed = receiver.received.splice(0);
    expect(new Set(idsOf(failed)).size).toBeGreaterThan(1);
    // A receiver in trouble is not overrun: 40 events in an hour were at most a request a minute, and the few at the beginning.
    expect(failed.length).toBeLessThan(75);
    answerWith(204);
    sent.push(...(await app.send(10)));
    await passTime(sender, 3 * hourMs, 10 * minuteMs);
    expect(eventsOf(receiver.received).sort()).toEqual([...sent].sort());
    const ids = new Map((await app.deliveries()).map((one: { event_id: string; id: string }) => [one.event_id, one.id]));
    for (const message of [...failed, ...receiver.received]) {
      const { data } = verify(message, await app.secret()) as { data: { id: string } };
      expect(message.headers['webhook-id']).toBe(ids.get(data.id));
    }
  });

  it('whose receiver stays down is tried ten times in three days, and what failed can be replayed', async () => {
    const app = await newWebhookApp(server, receiver.url);
    const sender = newSender();
    answerWith(500);
    const [event] = await app.send(1);
    await pass(sender);
    await passTime(sender, 10 * 1000, 5_000);
    await passTime(sender, 3.5 * dayMs, minuteMs);
    expect(minutesOf(receiver.received)).toEqual(
      [0, 0, 5, 35, 155, 455, 1055, 1895, 3095, 4535].map((minute) => expect.closeTo(minute, -1)),
    );
    expect(new Set(idsOf(receiver.received)).size).toBe(1);
    const [delivery] = await app.deliveries('&status=failed');
    expect(delivery).toMatchObject({ event_id: event, status: 'failed', next_attempt_at: null });
    expect(delivery.attempts).toHaveLength(10);
    answerWith(200);
    receiver.received.length = 0;
    expect((await app.replay({ delivery_ids: [delivery.id] })).body).toEqual({ success: true, replayed: 1 });
    await pass(sender);
    expect(idsOf(receiver.received)).toEqual([delivery.id]);
    expect((await app.deliveries())[0]).toMatchObject({ status: 'delivered', attempts: { length: 11 } });
  });

  it('is tried again within a fifth of the schedule', async () => {
    const first = new Date();
    for (const [random, seconds] of [
      [0, 4],
      [1, 6],
    ] as const) {
      const app = await newWebhookApp(server, receiver.url);
      answerWith(500);
      await app.send(1);
      await pass(newSender(() => random));
      const [{ attempts, next_attempt_at }] = await app.deliveries();
      expect(Date.parse(next_attempt_at) - Date.parse(attempts[0].at)).toBe(seconds * 1000);
      expect(Date.parse(attempts[0].at)).toBeGreaterThanOrEqual(first.getTime());
    }
  });

  it('is left alone for as long as Retry-After asks, a day at most', async () => {
    for (const [asked, waitedMs] of [
      ['7200', 2 * hourMs],
      ['999999999', dayMs],
    ] as const) {
      const app = await newWebhookApp(server, receiver.url);
      const sender = newSender();
      answerWith(429, { 'retry-after': asked });
      await app.send(1);
      await pass(sender);
      await app.send(1);
      receiver.received.length = 0;
      await passTime(sender, waitedMs - minuteMs, waitedMs - minuteMs);
      expect(receiver.received).toEqual([]);
      answerWith(200);
      await passTime(sender, 2 * minuteMs, minuteMs);
      expect(receiver.received).toHaveLength(2);
      server.state.offsetMs = 0;
    }
  });

  it('does not follow redirects: they are failures', async () => {
    const app = await newWebhookApp(server, receiver.url);
    answerWith(302, { location: `${receiver.url}/elsewhere` });
    await app.send(1);
    await pass(newSender());
    expect(receiver.received.map(({ url }) => url)).toEqual(['/']);
    expect((await app.deliveries())[0]).toMatchObject({ status: 'pending', attempts: [{ status: 302, failure: null }] });
  });

  it('tells in one word why there was no answer', async () => {
    const closed = await startReceiver();
    await closed.close();
    const app = await newWebhookApp(server, closed.url);
    await app.send(1);
    await pass(newSender());
    expect((await app.deliveries())[0]).toMatchObject({ status: 'pending', attempts: [{ status: null, failure: 'connection' }] });
  });
});

describe('a webhook is turned off', () => {
  const told = async (app: WebhookApp) => {
    // The session has long ended in the time of the test.
    server.state.offsetMs = 0;
    const { session, organizationKey: key } = app.organization;
    const { notifications } = (await call(server.url, '/v1/notifications', { key: session })).body;
    const { audit_events } = (await call(server.url, `/v1/audit-events?action=app.webhook_disabled`, { key })).body;
    return { notifications, audit_events };
  };

  it('at once when its receiver says that it is gone, and admins are told', async () => {
    const app = await newWebhookApp(server, receiver.url);
    const admin = await server.newUser(app.organization.id, 'admin');
    await server.newUser(app.organization.id, 'member');
    answerWith(410);
    await app.send(1);
    await pass(newSender());
    expect(await app.isEnabled()).toBe(false);
    expect((await app.deliveries())[0]).toMatchObject({ status: 'failed', attempts: [{ status: 410 }] });
    const { notifications, audit_events } = await told(app);
    const text = 'The webhook of the app Shop was turned off, because its receiver answered 410 Gone';
    expect(notifications).toMatchObject([{ kind: 'webhook_disabled', text, resource: { type: 'app', id: app.id } }]);
    expect((await call(server.url, '/v1/notifications', { key: admin.session })).body.notifications).toHaveLength(1);
    expect(audit_events).toMatchObject([{ actor: { type: 'system' }, resource: { id: app.id } }]);
    const { rows } = await server.admin.query({
      text: `SELECT user_id FROM notifications WHERE kind = 'webhook_disabled' AND organization_id = $1`,
      values: [app.organization.id],
    });
    expect(rows).toHaveLength(2);
  });

  it('when nothing was delivered for 5 days, and not before', async () => {
    const app = await newWebhookApp(server, receiver.url);
    const sender = newSender();
    answerWith(500);
    await app.send(1);
    await pass(sender);
    await passTime(sender, 4.9 * dayMs, hourMs);
    expect(await app.isEnabled()).toBe(true);
    await app.send(1);
    await passTime(sender, 0.2 * dayMs, hourMs);
    expect(await app.isEnabled()).toBe(false);
    expect((await told(app)).notifications).toMatchObject([{ text: expect.stringContaining('nothing was delivered for 5 days') }]);
  });

  it('not while something gets through now and then', async () => {
    const app = await newWebhookApp(server, receiver.url);
    const sender = newSender();
    for (let day = 0; day < 8; day++) {
      answerWith(day % 4 === 3 ? 200 : 500);
      await app.send(1);
      await passTime(sender, dayMs, 2 * hourMs);
    }
    expect(await app.isEnabled()).toBe(true);
  });

  it('until it is turned on again or gets another URL: then what waits is sent at once', async () => {
    const app = await newWebhookApp(server, receiver.url);
    const sender = newSender();
    answerWith(500);
    const sent = await app.send(12);
    await pass(sender);
    await passTime(sender, hourMs, minuteMs);
    const other = await startReceiver();
    await app.update({ webhook_url: other.url });
    await pass(sender);
    expect(eventsOf(other.received).sort()).toEqual([...sent].sort());
    await other.close();
  });
});

describe('the sender', () => {
  it('of a process that died is succeeded by another when its lease is over, and nothing is lost', async () => {
    const app = await newWebhookApp(server, receiver.url);
    const sent = await app.send(20);
    // The first process sends five and dies before it can write that they arrived.
    const dying = newSender();
    const db = server.db;
    const dead = new WebhookSender({
      ...{ log, sender: server.sender, encryptionKey: server.encryptionKey, now: server.now },
      db: {
        ...db,
        query: (statement) => db.query(statement),
        transact: (organizationId, work) => {
          if (receiver.received.length > 0) throw new Error('the process is dead');
          return db.transact(organizationId, work);
        },
      },
    });
    await dead.scan();
    await dead.idle();
    expect(receiver.received).toHaveLength(5);
    await pass(dying);
    expect(receiver.received).toHaveLength(5);
    server.state.offsetMs = 61_000;
    await pass(dying);
    expect([...new Set(eventsOf(receiver.received))].sort()).toEqual([...sent].sort());
    expect(receiver.received).toHaveLength(25);
    expect((await app.deliveries()).every(({ status }: { status: string }) => status === 'delivered')).toBe(true);
  });

  it('sends five at a time to one receiver, however many processes there are, and each delivery once', async () => {
    const app = await newWebhookApp(server, receiver.url);
    const sent = await app.send(120);
    let now = 0;
    let most = 0;
    receiver.state.answer = async (_, response) => {
      most = Math.max(most, ++now);
      await pause(5);
      now--;
      response.writeHead(204).end();
    };
    const processes = [newSender(), newSender(), newSender()];
    await Promise.all(processes.map(pass));
    expect(eventsOf(receiver.received).sort()).toEqual([...sent].sort());
    expect(most).toBe(5);
  });

  it('is not held up by receivers that do not answer', async () => {
    const dead = await startReceiver();
    dead.state.answer = () => {};
    for (let n = 0; n < 10; n++) await (await newWebhookApp(server, dead.url)).send(20);
    const app = await newWebhookApp(server, receiver.url);
    await app.send(50);
    const sender = newSender();
    await sender.scan();
    await expect.poll(() => receiver.received.length, { timeout: 5_000 }).toBe(50);
    expect(dead.received).toHaveLength(50);
    await sender.stop(0);
    await dead.close();
  });

  it('makes few requests to a receiver that is down, however much waits', async () => {
    const app = await newWebhookApp(server, receiver.url);
    await app.send(1_000);
    answerWith(500);
    const sender = newSender();
    await pass(sender);
    expect(receiver.received.length).toBeLessThanOrEqual(10);
    receiver.received.length = 0;
    await passTime(sender, hourMs, 10_000);
    expect(receiver.received.length).toBeLessThan(30);
  });

  it('ends what it began when it is stopped, begins nothing new, and another goes on', async () => {
    const app = await newWebhookApp(server, receiver.url);
    const sent = await app.send(30);
    const held: (() => void)[] = [];
    receiver.state.answer = (_, response) => void held.push(() => response.writeHead(204).end());
    const sender = newSender();
    await sender.scan();
    await expect.poll(() => held.length).toBe(5);
    const stopped = sender.stop();
    for (const release of held) release();
    await stopped;
    expect(receiver.received).toHaveLength(5);
    answerWith(204);
    await pass(newSender());
    expect(eventsOf(receiver.received).sort()).toEqual([...sent].sort());
  });

  it('cuts off at a stop what does not end, and it is sent again', async () => {
    const app = await newWebhookApp(server, receiver.url);
    await app.send(1);
    receiver.state.answer = () => {};
    const sender = newSender();
    await sender.scan();
    await expect.poll(() => receiver.received.length).toBe(1);
    await sender.stop(10);
    answerWith(204);
    server.state.offsetMs = 61_000;
    await pass(newSender());
    expect(new Set(idsOf(receiver.received)).size).toBe(1);
    expect((await app.deliveries())[0]).toMatchObject({ status: 'delivered', attempts: { length: 1 } });
  });
});
