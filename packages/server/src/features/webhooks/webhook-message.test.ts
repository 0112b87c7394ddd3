import { verifyWebhook, verifyWebhookQuery } from '@appstead/client/webhooks';
import { pino } from 'pino';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Received, type Receiver, startReceiver } from '../../egress/testing/receiver.ts';
import { WebhookSender } from '../../jobs/send-webhooks.ts';
import { call, expectProblem } from '../../testing/call.ts';
import { type Harness, startServer } from '../../testing/server-harness.ts';
import { newWebhookApp, type WebhookApp } from '../../testing/webhook-app.ts';

let server: Harness;
let receiver: Receiver;
let sender: WebhookSender;
beforeAll(async () => {
  server = await startServer({ egressAllow: '127.0.0.1:*' });
  receiver = await startReceiver();
  const { db, now, encryptionKey } = server;
  sender = new WebhookSender({ db, log: pino({ level: 'silent' }), sender: server.sender, encryptionKey, now });
});
afterAll(async () => {
  await sender.stop(0);
  await receiver.close();
  await server.close();
});
beforeEach(() => {
  receiver.received.length = 0;
  server.state.offsetMs = 0;
});

/** The message of one event that an app sends now. */
async function receive(app: WebhookApp, event: object = {}): Promise<Received> {
  await app.send(1, event);
  await sender.scan();
  await sender.idle();
  return receiver.received.pop() as Received;
}
const rotate = (app: WebhookApp, body: object) => call(server.url, `${app.path}/webhook-secret/rotate`, { key: app.key, body });
const headersOf = (message: Received) => message.headers as Record<string, string>;

describe('a message', () => {
  it('is what the client verifies, in both modes', async () => {
    const [app, byQuery] = [
      await newWebhookApp(server, receiver.url),
      await newWebhookApp(server, `${receiver.url}/in?a=%20b`, { webhook_use_query_params: true }),
    ];
    const posted = await receive(app, { user_id: 'ada', properties: { text: 'ü\u2028' } });
    expect(verifyWebhook(posted.body, posted.headers, await app.secret())).toMatchObject({ data: { user_id: 'ada', app_id: app.id } });
    const got = await receive(byQuery, { user_id: 'ada', properties: { text: 'ü & +' } });
    const query = verifyWebhookQuery(got.url, got.headers, [await app.secret(), await byQuery.secret()]);
    expect([query.get('user_id'), query.get('properties.text'), query.get('a')]).toEqual(['ada', 'ü & +', ' b']);
  });
});

describe('the secret of a webhook', () => {
  it('is 32 random bytes, stays the same until it is rotated, and is stored sealed', async () => {
    const [app, other] = [await newWebhookApp(server, receiver.url), await newWebhookApp(server, receiver.url)];
    const secret = await app.secret();
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(await app.secret()).toBe(secret);
    expect(await other.secret()).not.toBe(secret);
    const { rows } = await server.admin.query({ text: 'SELECT * FROM webhook_endpoints' });
    expect(JSON.stringify(rows)).not.toContain(secret.slice(6, 20));
  });

  it('is the same for all who ask first at the same moment', async () => {
    const app = await newWebhookApp(server, receiver.url);
    expect(new Set(await Promise.all([1, 2, 3, 4].map(() => app.secret()))).size).toBe(1);
  });

  it('signs together with the one before it while the overlap lasts, and alone afterwards', async () => {
    const app = await newWebhookApp(server, receiver.url);
    const before = await app.secret();
    const { status, body } = await rotate(app, {});
    const { secret: after, previous_ends_at } = body.webhook_secret;
    expect(status).toBe(200);
    expect(Date.parse(previous_ends_at) - server.now().getTime()).toBeCloseTo(24 * 3_600_000, -4);
    const both = await receive(app);
    expect(headersOf(both)['webhook-signature']?.split(' ')).toHaveLength(2);
    for (const secret of [before, after]) new Webhook(secret).verify(both.body, headersOf(both));
    expectProblem(await rotate(app, { overlap_hours: 1 }), 409, 'rotation_in_progress');
    server.state.offsetMs = 24.1 * 3_600_000;
    expect(headersOf(await receive(app))['webhook-signature']?.split(' ')).toHaveLength(1);
    server.state.offsetMs = 0;
    const ended = (await rotate(app, { overlap_hours: 0 })).body.webhook_secret;
    expect(ended.previous_ends_at).toBeNull();
    const alone = await receive(app);
    new Webhook(ended.secret).verify(alone.body, headersOf(alone));
    expect(() => new Webhook(after).verify(alone.body, headersOf(alone))).toThrow('No matching signature');
  });

  it('is rotated with an entry in the audit trail that does not show it', async () => {
    const app = await newWebhookApp(server, receiver.url);
    const { secret } = (await rotate(app, {})).body.webhook_secret;
    const { audit_events } = (await call(server.url, '/v1/audit-events?action=app.webhook_secret_rotated', { key: app.key })).body;
    expect(audit_events).toMatchObject([{ changes: { webhook_secret: { after: '[redacted]' } } }]);
    expect(JSON.stringify(audit_events)).not.toContain(secret);
    expect(server.log.join('')).not.toContain(secret.slice(6));
  });

  it('403 is not for members, or keys that may only read webhooks', async () => {
    const app = await newWebhookApp(server, receiver.url);
    const { session } = await server.newUser(app.organization.id, 'member');
    const key = await server.newApiKey(app.organization.id, { scopes: ['webhooks:read'] });
    expect((await call(server.url, `${app.path}/webhook-deliveries`, { key: session })).status).toBe(200);
    expect((await call(server.url, `${app.path}/webhook-deliveries`, { key })).status).toBe(200);
    expectProblem(await call(server.url, `${app.path}/webhook-secret`, { key: session }), 403, 'insufficient_role');
    expectProblem(await call(server.url, `${app.path}/webhook-secret`, { key }), 403, 'insufficient_scope');
  });
});

describe('a webhook with query parameters', () => {
  const queryOf = (message: Received) => new URL(message.url, 'http://receiver.test').searchParams;

  it('is a GET with the fields of the event behind the query of the URL, and the query is what is signed', async () => {
    const app = await newWebhookApp(server, `${receiver.url}/in?token=a%20b#part`, { webhook_use_query_params: true });
    const message = await receive(app, {
      user_id: 'ada & bob',
      country: 'DE',
      properties: { plan: 'pro ü', count: 3, nested: { list: [1] }, 'odd key&': null },
      revenue: { amount: -5, currency: 'EUR' },
    });
    expect(message).toMatchObject({ method: 'GET', body: '' });
    expect(Object.fromEntries(queryOf(message))).toEqual({
      ...{ token: 'a b', type: 'event.received', id: expect.any(String), app_id: app.id, name: 'opened', user_id: 'ada & bob' },
      ...{
        timestamp: expect.any(String),
        received_at: expect.any(String),
        app_user_id: expect.any(String),
        platform: 'web',
        country: 'DE',
      },
      ...{ 'properties.plan': 'pro ü', 'properties.count': '3', 'properties.nested': '{"list":[1]}', 'properties.odd key&': 'null' },
      ...{ revenue_amount: '-5', revenue_currency: 'EUR' },
    });
    const query = message.url.slice(message.url.indexOf('?') + 1);
    const webhook = new Webhook(await app.secret());
    expect(webhook.verify(query, headersOf(message), { jsonParse: false })).toBeUndefined();
    expect(() => webhook.verify(query.replace('opened', 'closed'), headersOf(message), { jsonParse: false })).toThrow(
      'No matching signature',
    );
  });

  it('leaves out properties that would make the URL longer than servers take, and says so', async () => {
    const app = await newWebhookApp(server, `${receiver.url}/in`, { webhook_use_query_params: true });
    const message = await receive(app, { user_id: 'ada', properties: { text: 'x'.repeat(9_000) } });
    expect(Object.fromEntries(queryOf(message))).toMatchObject({ user_id: 'ada', properties_omitted: 'true' });
    expect(message.url.length).toBeLessThan(2_000);
    const query = message.url.slice(message.url.indexOf('?') + 1);
    new Webhook(await app.secret()).verify(query, headersOf(message), { jsonParse: false });
  });
});
