import { randomUUID } from 'node:crypto';
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Receiver, startReceiver } from '../../egress/testing/receiver.ts';
import { runMaintenance } from '../../jobs/maintenance.ts';
import { WebhookSender } from '../../jobs/send-webhooks.ts';
import { call, expectProblem } from '../../testing/call.ts';
import { type Harness, startServer } from '../../testing/server-harness.ts';
import { newWebhookApp, type WebhookApp } from '../../testing/webhook-app.ts';
import { Outbox } from '../messages/outbox.ts';
import { eraseDeliveries, type PassedEvent } from './index.ts';

const dayMs = 24 * 3_600_000;
const log = pino({ level: 'silent' });

let server: Harness;
let receiver: Receiver;
let sender: WebhookSender;
let app: WebhookApp;
let woken: string[];
beforeAll(async () => {
  server = await startServer({ egressAllow: '127.0.0.1:*', webhooks: { wake: (_, appId) => void woken.push(appId) } });
  receiver = await startReceiver();
  const { db, now, encryptionKey } = server;
  sender = new WebhookSender({ db, log, sender: server.sender, encryptionKey, now });
});
afterAll(async () => {
  await sender.stop(0);
  await receiver.close();
  await server.close();
});
beforeEach(async () => {
  await server.admin.query({ text: 'DELETE FROM webhook_deliveries' });
  woken = [];
  receiver.received.length = 0;
  receiver.state.answer = (_, response) => response.writeHead(204).end();
  app = await newWebhookApp(server, receiver.url);
});

const sendDue = async () => {
  await sender.scan();
  await sender.idle();
};
const get = (path: string, key = app.key) => call(server.url, `${app.path}${path}`, { key });
const statuses = async () => (await app.deliveries()).map(({ status }: { status: string }) => status);

describe('listWebhookDeliveries', () => {
  it('200 lists the newest first, page by page, by state and time', async () => {
    const first = await app.send(3);
    await sendDue();
    const between = server.now().toISOString();
    server.state.offsetMs = 1_000;
    const later = await app.send(2);
    server.state.offsetMs = 0;
    const all = await app.deliveries();
    expect(all.map(({ event_id }: { event_id: string }) => event_id)).toEqual([...later.reverse(), ...first.reverse()]);
    expect(all.map(({ status }: { status: string }) => status)).toEqual(['pending', 'pending', 'delivered', 'delivered', 'delivered']);
    expect(await app.deliveries('&status=pending')).toEqual(all.slice(0, 2));
    expect(await app.deliveries(`&since=${between}`)).toEqual(all.slice(0, 2));
    expect(await app.deliveries(`&until=${between}`)).toEqual(all.slice(2));
    const page = await get('/webhook-deliveries?limit=4');
    expect(page.body.webhook_deliveries).toEqual(all.slice(0, 4));
    const rest = await get(`/webhook-deliveries?limit=4&cursor=${page.body.meta.cursor}`);
    expect(rest.body).toMatchObject({ webhook_deliveries: all.slice(4), meta: { has_more: false } });
    expectProblem(await get(`/webhook-deliveries?status=failed&cursor=${page.body.meta.cursor}`), 400, 'invalid_cursor');
    expectProblem(await get('/webhook-deliveries?since=0000-01-01T00:00:00Z'), 400, 'invalid_request');
  });

  it('404 to strangers, who see nothing of it, and for an app that is not there', async () => {
    await app.send(1);
    const [{ id }] = await app.deliveries();
    const stranger = await newWebhookApp(server, receiver.url);
    for (const path of ['/webhook-deliveries', `/webhook-deliveries/${id}`, '/webhook-secret']) {
      expectProblem(await get(path, stranger.key), 404, 'app_not_found');
    }
    const foreign = await call(server.url, `${stranger.path}/webhook-deliveries/${id}`, { key: stranger.key });
    expectProblem(foreign, 404, 'webhook_delivery_not_found');
    const replay = await call(server.url, `${app.path}/webhook-deliveries/replay`, { key: stranger.key, body: { delivery_ids: [id] } });
    expectProblem(replay, 404, 'app_not_found');
    expect((await stranger.replay({ delivery_ids: [id] })).body).toEqual({ success: true, replayed: 0 });
    const rotate = await call(server.url, `${app.path}/webhook-secret/rotate`, { key: stranger.key, body: {} });
    expectProblem(rotate, 404, 'app_not_found');
  });
});

describe('getWebhookSecret', () => {
  it('is the secret that deliveries are signed with, however the id of the app was written when it was made', async () => {
    const shouted = `/v1/apps/${app.id.toUpperCase()}/webhook-secret`;
    const first = await call(server.url, shouted, { key: app.key });
    expect(first.status).toBe(200);
    expect((await get('/webhook-secret')).body).toEqual(first.body);
    await app.send(1);
    await sendDue();
    expect(await statuses()).toEqual(['delivered']);
  });
});

describe('getWebhookDelivery', () => {
  it('200 shows every attempt with its answer', async () => {
    receiver.state.answer = (_, response) => response.writeHead(503).end('secret of the receiver');
    await app.send(1);
    await sendDue();
    const [listed] = await app.deliveries();
    const { webhook_delivery: delivery } = (await get(`/webhook-deliveries/${listed.id}`)).body;
    expect(delivery).toEqual({
      ...listed,
      status: 'pending',
      attempts: [{ at: expect.any(String), status: 503, failure: null, duration_ms: expect.any(Number) }],
      settled_at: null,
    });
    expectProblem(await get(`/webhook-deliveries/${randomUUID()}`), 404, 'webhook_delivery_not_found');
  });
});

describe('replayWebhookDeliveries', () => {
  it('202 sends some again under their ids, whatever became of them, and leaves an entry', async () => {
    await app.send(3);
    await sendDue();
    const [newest, second] = await app.deliveries();
    receiver.received.length = 0;
    const answer = await app.replay({ delivery_ids: [newest.id, second.id, randomUUID()] });
    expect([answer.status, answer.body]).toEqual([202, { success: true, replayed: 2 }]);
    expect(woken.at(-1)).toBe(app.id);
    expect(await statuses()).toEqual(['pending', 'pending', 'delivered']);
    await sendDue();
    expect(receiver.received.map(({ headers }) => headers['webhook-id']).sort()).toEqual([newest.id, second.id].sort());
    const audit = await call(server.url, '/v1/audit-events?action=app.webhook_deliveries_replayed', { key: app.key });
    expect(audit.body.audit_events).toMatchObject([{ changes: { replayed: { after: 2 } } }]);
  });

  it('202 sends a range again, those that failed unless others are asked for', async () => {
    const since = new Date(server.now().getTime() - 1000).toISOString();
    await app.send(4);
    await sendDue();
    const until = new Date(server.now().getTime() + 1000).toISOString();
    await server.admin.query({
      text: `UPDATE webhook_deliveries SET status = 'failed' WHERE id IN (SELECT id FROM webhook_deliveries LIMIT 1)`,
    });
    expect((await app.replay({ since: until, until: since })).body.replayed).toBe(0);
    expect((await app.replay({ since, until: since })).body.replayed).toBe(0);
    expect((await app.replay({ since, until })).body.replayed).toBe(1);
    expect((await app.replay({ since, until })).body.replayed).toBe(0);
    expect((await app.replay({ since, until, status: 'delivered' })).body.replayed).toBe(3);
    expect(await statuses()).toEqual(Array(4).fill('pending'));
  });

  it('400 without ids and range, with both, or with too many ids', async () => {
    const [since, until] = ['2026-11-21T00:00:00Z', '2026-11-22T00:00:00Z'];
    const tooMany = Array.from({ length: 101 }, () => randomUUID());
    for (const body of [{}, { delivery_ids: [] }, { delivery_ids: tooMany }, { since }, { since, until, delivery_ids: [randomUUID()] }]) {
      expectProblem(await app.replay(body), 400, 'invalid_request');
    }
    expectProblem(await app.replay({ since: '0000-01-01T00:00:00Z', until }), 400, 'invalid_request');
  });

  it('202 while the webhook is off: what is replayed waits for it to be turned on', async () => {
    await app.send(1);
    await sendDue();
    await app.update({ webhook_enabled: false });
    const [{ id }] = await app.deliveries();
    expect((await app.replay({ delivery_ids: [id] })).status).toBe(202);
    receiver.received.length = 0;
    await sendDue();
    expect([receiver.received.length, await statuses()]).toEqual([0, ['pending']]);
    await app.update({ webhook_enabled: true });
    expect(woken.at(-1)).toBe(app.id);
    await sendDue();
    expect(receiver.received.map(({ headers }) => headers['webhook-id'])).toEqual([id]);
  });
});

describe('deliveries', () => {
  it('of an event that is gone are cancelled and not sent', async () => {
    await app.send(2);
    await server.admin.query({ text: 'DELETE FROM events WHERE app_id = $1', values: [app.id] });
    await sendDue();
    expect(receiver.received).toEqual([]);
    expect(await statuses()).toEqual(['cancelled', 'cancelled']);
  });

  it('of a person are erased at every stage, and those of others stay', async () => {
    await app.send(2, { user_id: 'ada' });
    await sendDue();
    await app.send(3, { user_id: 'ada' });
    await app.send(1, { user_id: 'grace' });
    const { rows } = await server.admin.query<PassedEvent>({
      text: `SELECT id, occurred_at FROM events WHERE app_id = $1 AND user_id = 'ada'`,
      values: [app.id],
    });
    const erase = (organizationId: string) => server.db.transact(organizationId, (tx) => eraseDeliveries(tx, organizationId, app.id, rows));
    expect(await erase((await server.newOrganization()).id)).toBe(0);
    expect(await erase(app.organization.id)).toBe(5);
    expect(await erase(app.organization.id)).toBe(0);
    expect(await statuses()).toEqual(['pending']);
  });

  it('hold nothing of the event but its id', async () => {
    await app.send(1, { user_id: 'ada.canary', properties: { canary: 'canary' } });
    await sendDue();
    const { rows } = await server.admin.query({ text: 'SELECT * FROM webhook_deliveries' });
    expect(JSON.stringify(rows)).not.toContain('canary');
    expect(JSON.stringify(receiver.received)).toContain('canary');
  });

  it('are removed 30 days after their end, given up after 5 days of waiting, and go with their app', async () => {
    const { db, box } = server;
    const tidy = (days: number) => {
      const outbox = new Outbox({ box, log, sender: undefined });
      return runMaintenance({ db, box, outbox }, new Date(Date.now() + days * dayMs));
    };
    await app.send(1);
    await sendDue();
    await app.send(1);
    expect(await tidy(4.9)).toMatchObject({ webhookDeliveries: 0 });
    expect(await statuses()).toEqual(['pending', 'delivered']);
    await tidy(5.1);
    expect(await statuses()).toEqual(['failed', 'delivered']);
    expect(await tidy(29.9)).toMatchObject({ webhookDeliveries: 0 });
    expect(await tidy(30.1)).toMatchObject({ webhookDeliveries: 1 });
    expect(await statuses()).toEqual(['failed']);
    await call(server.url, app.path, { key: app.key, method: 'DELETE' });
    await tidy(8);
    expect((await server.admin.query({ text: 'SELECT id FROM webhook_deliveries' })).rows).toEqual([]);
  });
});
