import { Webhook } from 'standardwebhooks';
import { describe, expect, it, vi } from 'vitest';
import { type Received, startReceiver } from '../egress/testing/receiver.ts';
import { call } from '../testing/call.ts';
import { type Harness, startServer } from '../testing/server-harness.ts';
import { newWebhookApp, type WebhookApp } from '../testing/webhook-app.ts';
import { dayMs, eventsOf, hourMs, idsOf, minuteMs, WebhookScene } from '../testing/webhook-scene.ts';

const scene = new WebhookScene();

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
    const sender = scene.newSender();
    const beside = await startServer({ beside: scene.server, egressAllow: '127.0.0.0/8:*', webhooks: sender });
    const app = await newWebhookApp({ ...scene.server, url: beside.url } as Harness, `${scene.receiver.url}/in?token=a`);
    const sent = await app.send(250, { user_id: 'ada', properties: { plan: 'pro' }, revenue: { amount: 999, currency: 'EUR' } });
    await expect.poll(() => scene.receiver.received.length, { timeout: 10_000 }).toBe(250);
    await sender.idle();
    expect(eventsOf(scene.receiver.received).sort()).toEqual([...sent].sort());
    const secret = await app.secret();
    for (const message of scene.receiver.received) verify(message, secret);
    const [message] = scene.receiver.received as [Received];
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
    const app = await newWebhookApp(scene.server, scene.receiver.url, { webhook_enabled: false });
    await app.send(3);
    await app.update({ webhook_enabled: true });
    await scene.pass(scene.newSender());
    expect(scene.receiver.received).toEqual([]);
  });

  it('whose receiver is down for an hour gets everything afterwards, under the ids it had', async () => {
    const app = await newWebhookApp(scene.server, scene.receiver.url);
    const sender = scene.newSender(Math.random);
    scene.answerWith(503);
    const sent = await app.send(40);
    await scene.pass(sender);
    await scene.passTime(sender, hourMs, minuteMs);
    const failed = scene.receiver.received.splice(0);
    expect(new Set(idsOf(failed)).size).toBeGreaterThan(1);
    // A receiver in trouble is not overrun: 40 events in an hour were at most a request a minute, and the few at the beginning.
    expect(failed.length).toBeLessThan(75);
    scene.answerWith(204);
    sent.push(...(await app.send(10)));
    await scene.passTime(sender, 3 * hourMs, 10 * minuteMs);
    expect(eventsOf(scene.receiver.received).sort()).toEqual([...sent].sort());
    const ids = new Map((await app.deliveries()).map((one: { event_id: string; id: string }) => [one.event_id, one.id]));
    for (const message of [...failed, ...scene.receiver.received]) {
      const { data } = verify(message, await app.secret()) as { data: { id: string } };
      expect(message.headers['webhook-id']).toBe(ids.get(data.id));
    }
  });

  it('whose receiver stays down is tried ten times in three days, and what failed can be replayed', async () => {
    const app = await newWebhookApp(scene.server, scene.receiver.url);
    const sender = scene.newSender();
    scene.answerWith(500);
    const [event] = await app.send(1);
    await scene.pass(sender);
    await scene.passTime(sender, 10 * 1000, 5_000);
    await scene.passTime(sender, 3.5 * dayMs, minuteMs);
    expect(minutesOf(scene.receiver.received)).toEqual(
      [0, 0, 5, 35, 155, 455, 1055, 1895, 3095, 4535].map((minute) => expect.closeTo(minute, -1)),
    );
    expect(new Set(idsOf(scene.receiver.received)).size).toBe(1);
    const [delivery] = await app.deliveries('&status=failed');
    expect(delivery).toMatchObject({ event_id: event, status: 'failed', next_attempt_at: null });
    expect(delivery.attempts).toHaveLength(10);
    scene.answerWith(200);
    scene.receiver.received.length = 0;
    expect((await app.replay({ delivery_ids: [delivery.id] })).body).toEqual({ success: true, replayed: 1 });
    await scene.pass(sender);
    expect(idsOf(scene.receiver.received)).toEqual([delivery.id]);
    expect((await app.deliveries())[0]).toMatchObject({ status: 'delivered', attempts: { length: 11 } });
  });

  it('is tried again within a fifth of the schedule', async () => {
    const first = new Date();
    for (const [random, seconds] of [
      [0, 4],
      [1, 6],
    ] as const) {
      const app = await newWebhookApp(scene.server, scene.receiver.url);
      scene.answerWith(500);
      await app.send(1);
      await scene.pass(scene.newSender(() => random));
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
      const app = await newWebhookApp(scene.server, scene.receiver.url);
      const sender = scene.newSender();
      scene.answerWith(429, { 'retry-after': asked });
      await app.send(1);
      await scene.pass(sender);
      await app.send(1);
      scene.receiver.received.length = 0;
      await scene.passTime(sender, waitedMs - minuteMs, waitedMs - minuteMs);
      expect(scene.receiver.received).toEqual([]);
      scene.answerWith(200);
      await scene.passTime(sender, 2 * minuteMs, minuteMs);
      expect(scene.receiver.received).toHaveLength(2);
      scene.server.state.offsetMs = 0;
    }
  });

  it('does not follow redirects: they are failures', async () => {
    const app = await newWebhookApp(scene.server, scene.receiver.url);
    scene.answerWith(302, { location: `${scene.receiver.url}/elsewhere` });
    await app.send(1);
    await scene.pass(scene.newSender());
    expect(scene.receiver.received.map(({ url }) => url)).toEqual(['/']);
    expect((await app.deliveries())[0]).toMatchObject({ status: 'pending', attempts: [{ status: 302, failure: null }] });
  });

  it('tells in one word why there was no answer', async () => {
    const closed = await startReceiver();
    await closed.close();
    const app = await newWebhookApp(scene.server, closed.url);
    await app.send(1);
    await scene.pass(scene.newSender());
    expect((await app.deliveries())[0]).toMatchObject({ status: 'pending', attempts: [{ status: null, failure: 'connection' }] });
  });
});

describe('a webhook is turned off', () => {
  const told = async (app: WebhookApp) => {
    // The session has long ended in the time of the test.
    scene.server.state.offsetMs = 0;
    const { session, organizationKey: key } = app.organization;
    const { notifications } = (await call(scene.server.url, '/v1/notifications', { key: session })).body;
    const { audit_events } = (await call(scene.server.url, `/v1/audit-events?action=app.webhook_disabled`, { key })).body;
    return { notifications, audit_events };
  };

  it('at once when its receiver says that it is gone, and admins are told', async () => {
    const app = await newWebhookApp(scene.server, scene.receiver.url);
    const admin = await scene.server.newUser(app.organization.id, 'admin');
    await scene.server.newUser(app.organization.id, 'member');
    scene.answerWith(410);
    await app.send(1);
    await scene.pass(scene.newSender());
    expect(await app.isEnabled()).toBe(false);
    expect((await app.deliveries())[0]).toMatchObject({ status: 'failed', attempts: [{ status: 410 }] });
    const { notifications, audit_events } = await told(app);
    const text = 'The webhook of the app Shop was turned off, because its receiver answered 410 Gone';
    expect(notifications).toMatchObject([{ kind: 'webhook_disabled', text, resource: { type: 'app', id: app.id } }]);
    expect((await call(scene.server.url, '/v1/notifications', { key: admin.session })).body.notifications).toHaveLength(1);
    expect(audit_events).toMatchObject([{ actor: { type: 'system' }, resource: { id: app.id } }]);
    const { rows } = await scene.server.admin.query({
      text: `SELECT user_id FROM notifications WHERE kind = 'webhook_disabled' AND organization_id = $1`,
      values: [app.organization.id],
    });
    expect(rows).toHaveLength(2);
  });

  it('when nothing was delivered for 5 days, and not before', async () => {
    const app = await newWebhookApp(scene.server, scene.receiver.url);
    const sender = scene.newSender();
    scene.answerWith(500);
    await app.send(1);
    await scene.pass(sender);
    await scene.passTime(sender, 4.9 * dayMs, hourMs);
    expect(await app.isEnabled()).toBe(true);
    await app.send(1);
    await scene.passTime(sender, 0.2 * dayMs, hourMs);
    expect(await app.isEnabled()).toBe(false);
    expect((await told(app)).notifications).toMatchObject([{ text: expect.stringContaining('nothing was delivered for 5 days') }]);
  });

  it('not while something gets through now and then', async () => {
    const app = await newWebhookApp(scene.server, scene.receiver.url);
    const sender = scene.newSender();
    for (let day = 0; day < 8; day++) {
      scene.answerWith(day % 4 === 3 ? 200 : 500);
      await app.send(1);
      await scene.passTime(sender, dayMs, 2 * hourMs);
    }
    expect(await app.isEnabled()).toBe(true);
  });

  it('until it is turned on again or gets another URL: then what waits is sent at once', async () => {
    const app = await newWebhookApp(scene.server, scene.receiver.url);
    const sender = scene.newSender();
    scene.answerWith(500);
    const sent = await app.send(12);
    await scene.pass(sender);
    await scene.passTime(sender, hourMs, minuteMs);
    const other = await startReceiver();
    await app.update({ webhook_url: other.url });
    await scene.pass(sender);
    expect(eventsOf(other.received).sort()).toEqual([...sent].sort());
    await other.close();
  });
});
