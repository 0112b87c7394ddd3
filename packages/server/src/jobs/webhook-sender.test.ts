import { setTimeout as pause } from 'node:timers/promises';
import { DatabaseUnavailable } from '@appstead/database';
import { pino } from 'pino';
import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { startReceiver } from '../egress/testing/receiver.ts';
import { call } from '../testing/call.ts';
import { newWebhookApp } from '../testing/webhook-app.ts';
import { eventsOf, hourMs, idsOf, WebhookScene } from '../testing/webhook-scene.ts';
import { WebhookSender } from './send-webhooks.ts';

const scene = new WebhookScene();
const log = pino({ level: 'silent' });

describe('the sender', () => {
  it('of a process that died is succeeded by another when its lease is over, and nothing is lost', async () => {
    const app = await newWebhookApp(scene.server, scene.receiver.url);
    const sent = await app.send(20);
    // The first process sends five and dies before it can write that they arrived.
    const dying = scene.newSender();
    const db = scene.server.db;
    const dead = new WebhookSender({
      ...{ log, sender: scene.server.sender, encryptionKey: scene.server.encryptionKey, now: scene.server.now },
      db: {
        ...db,
        query: (statement) => db.query(statement),
        transact: (organizationId, work) => {
          if (scene.receiver.received.length > 0) throw new Error('the process is dead');
          return db.transact(organizationId, work);
        },
      },
    });
    await dead.scan();
    await dead.idle();
    dead.beginStop();
    expect(scene.receiver.received).toHaveLength(5);
    await scene.pass(dying);
    expect(scene.receiver.received).toHaveLength(5);
    scene.server.state.offsetMs = 61_000;
    await scene.pass(dying);
    expect([...new Set(eventsOf(scene.receiver.received))].sort()).toEqual([...sent].sort());
    expect(scene.receiver.received).toHaveLength(25);
    expect((await app.deliveries()).every(({ status }: { status: string }) => status === 'delivered')).toBe(true);
  });

  it('comes back by itself to an app when the database was away', async () => {
    const app = await newWebhookApp(scene.server, scene.receiver.url);
    const sent = await app.send(2);
    let isAway = true;
    const { db, sender: guarded, encryptionKey, now } = scene.server;
    const sender = new WebhookSender({
      ...{ log, sender: guarded, encryptionKey, now },
      db: {
        ...db,
        query: (statement) => db.query(statement),
        transact: async (organizationId, work) => {
          if (isAway) throw new DatabaseUnavailable('away');
          return db.transact(organizationId, work);
        },
      },
    });
    await sender.scan();
    await sender.idle();
    expect(scene.receiver.received).toEqual([]);
    isAway = false;
    await expect.poll(() => eventsOf(scene.receiver.received).sort(), { timeout: 10_000 }).toEqual([...sent].sort());
    await sender.stop();
  });

  it('comes back by itself to an app that another process has, when its lease is over', async () => {
    const app = await newWebhookApp(scene.server, scene.receiver.url);
    const [event] = await app.send(1);
    const { organization, id } = app;
    const until = new Date(scene.server.now().getTime() + 1_000).toISOString();
    await app.secret();
    await scene.server.admin.query({
      text: 'UPDATE webhook_endpoints SET lease = gen_random_uuid(), leased_until = $3 WHERE organization_id = $1 AND app_id = $2',
      values: [organization.id, id, until],
    });
    const sender = scene.newSender();
    await scene.pass(sender);
    expect(scene.receiver.received).toEqual([]);
    await expect.poll(() => eventsOf(scene.receiver.received), { timeout: 5_000 }).toEqual([event]);
    await sender.idle();
  });

  it('sends five at a time to one receiver, however many processes there are, and each delivery once', async () => {
    const app = await newWebhookApp(scene.server, scene.receiver.url);
    const sent = await app.send(120);
    let now = 0;
    let most = 0;
    scene.receiver.state.answer = async (_, response) => {
      most = Math.max(most, ++now);
      await pause(5);
      now--;
      response.writeHead(204).end();
    };
    const processes = [scene.newSender(), scene.newSender(), scene.newSender()];
    await Promise.all(processes.map((sender) => scene.pass(sender)));
    expect(eventsOf(scene.receiver.received).sort()).toEqual([...sent].sort());
    expect(most).toBe(5);
  });

  it('hands nothing on of a person who was erased, or of an app that was deleted, while a batch was being sent', async () => {
    const app = await newWebhookApp(scene.server, scene.receiver.url);
    const { received, state } = scene.receiver;
    const held: (() => void)[] = [];
    state.answer = (_, response) => void held.push(() => response.writeHead(204).end());
    const others = await app.send(5, { user_id: 'grace' });
    await app.send(5, { user_id: 'ada' });
    const later = await app.send(6, { user_id: 'grace' });
    const passing = scene.pass(scene.newSender());
    await expect.poll(() => held.length).toBe(5);
    const { users } = (await call(scene.server.url, `${app.path}/users?search=ada`, { key: app.key })).body;
    const erased = await call(scene.server.url, `${app.path}/users/${users[0].id}`, { key: app.key, method: 'DELETE' });
    expect(erased.body.receipt.counts.webhook_deliveries).toBe(5);
    scene.server.state.offsetMs += 2_000;
    for (const answer of held.splice(0)) answer();
    await expect.poll(() => held.length).toBe(5);
    expect(eventsOf(received).sort()).toEqual([...others, ...later.slice(0, 5)].sort());
    await call(scene.server.url, app.path, { key: app.key, method: 'DELETE' });
    scene.server.state.offsetMs += 2_000;
    for (const answer of held.splice(0)) answer();
    await passing;
    expect(received).toHaveLength(10);
  });

  it('signs by a new secret, and no more by the one before, soon after it was made', async () => {
    const app = await newWebhookApp(scene.server, scene.receiver.url);
    const { received, state } = scene.receiver;
    const held: (() => void)[] = [];
    state.answer = (_, response) => void held.push(() => response.writeHead(204).end());
    await app.send(10);
    const passing = scene.pass(scene.newSender());
    await expect.poll(() => held.length).toBe(5);
    const rotated = await call(scene.server.url, `${app.path}/webhook-secret/rotate`, { key: app.key, body: { overlap_hours: 0 } });
    scene.server.state.offsetMs += 2_000;
    state.answer = (_, response) => response.writeHead(204).end();
    for (const answer of held) answer();
    await passing;
    const { secret } = rotated.body.webhook_secret;
    const isBy = ({ headers, body }: (typeof received)[number]) => {
      const { 'webhook-id': id, 'webhook-timestamp': seconds, 'webhook-signature': signature } = headers;
      return new Webhook(secret).sign(id as string, new Date(Number(seconds) * 1000), body) === signature;
    };
    expect(received.map(isBy)).toEqual([...Array(5).fill(false), ...Array(5).fill(true)]);
  });

  it('that is stopped in the middle of an attempt is succeeded at once', async () => {
    const app = await newWebhookApp(scene.server, scene.receiver.url);
    scene.receiver.state.answer = () => {};
    await app.send(1);
    const stopped = scene.newSender();
    await stopped.scan();
    await expect.poll(() => scene.receiver.received.length).toBe(1);
    await stopped.stop(0);
    scene.answerWith(204);
    await scene.pass(scene.newSender());
    expect(scene.receiver.received).toHaveLength(2);
  });

  it('is not held up by receivers that do not answer', async () => {
    const dead = await startReceiver();
    dead.state.answer = () => {};
    for (let n = 0; n < 10; n++) await (await newWebhookApp(scene.server, dead.url)).send(20);
    const app = await newWebhookApp(scene.server, scene.receiver.url);
    await app.send(50);
    const sender = scene.newSender();
    await sender.scan();
    await expect.poll(() => scene.receiver.received.length, { timeout: 5_000 }).toBe(50);
    expect(dead.received).toHaveLength(50);
    await sender.stop(0);
    await dead.close();
  });

  it('makes few requests to a receiver that is down, however much waits', async () => {
    const app = await newWebhookApp(scene.server, scene.receiver.url);
    await app.send(1_000);
    scene.answerWith(500);
    const sender = scene.newSender();
    await scene.pass(sender);
    expect(scene.receiver.received.length).toBeLessThanOrEqual(10);
    scene.receiver.received.length = 0;
    await scene.passTime(sender, hourMs, 10_000);
    expect(scene.receiver.received.length).toBeLessThan(30);
  });

  it('ends what it began when it is stopped, begins nothing new, and another goes on', async () => {
    const app = await newWebhookApp(scene.server, scene.receiver.url);
    const sent = await app.send(30);
    const held: (() => void)[] = [];
    scene.receiver.state.answer = (_, response) => void held.push(() => response.writeHead(204).end());
    const sender = scene.newSender();
    await sender.scan();
    await expect.poll(() => held.length).toBe(5);
    const stopped = sender.stop();
    for (const release of held) release();
    await stopped;
    expect(scene.receiver.received).toHaveLength(5);
    scene.answerWith(204);
    await scene.pass(scene.newSender());
    expect(eventsOf(scene.receiver.received).sort()).toEqual([...sent].sort());
  });

  it('cuts off at a stop what does not end, and it is sent again', async () => {
    const app = await newWebhookApp(scene.server, scene.receiver.url);
    await app.send(1);
    scene.receiver.state.answer = () => {};
    const sender = scene.newSender();
    await sender.scan();
    await expect.poll(() => scene.receiver.received.length).toBe(1);
    await sender.stop(10);
    scene.answerWith(204);
    scene.server.state.offsetMs = 61_000;
    await scene.pass(scene.newSender());
    expect(new Set(idsOf(scene.receiver.received)).size).toBe(1);
    expect((await app.deliveries())[0]).toMatchObject({ status: 'delivered', attempts: { length: 1 } });
  });
});
