import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { verifyWebhook, verifyWebhookQuery, WebhookVerificationError } from './webhooks.ts';

const secret = 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD0rQ2ksGOU8s=';
const other = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo=';
const id = '01939f5c-b010-7cc3-98c4-dc0c0c0739a1';
const event = { type: 'event.received', timestamp: '2026-11-21T09:40:02.000Z', data: { name: 'opened ü' } };
const body = JSON.stringify(event);

/** As Standard Webhooks signs it, now or so many seconds ago. That the server does so too, its own tests see with this package. */
function sign(signed: string, secrets = [secret], agoSeconds = 0) {
  const at = new Date(Date.now() - agoSeconds * 1000);
  return {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
    'webhook-signature': secrets.map((one) => new Webhook(one).sign(id, at, signed)).join(' '),
  };
}

describe('verifyWebhook', () => {
  it('gives the event of a signed message, however its headers and body come', () => {
    const headers = sign(body);
    expect(verifyWebhook(body, headers, secret)).toEqual(event);
    expect(verifyWebhook(new TextEncoder().encode(body), new Headers(headers), secret)).toEqual(event);
    expect(verifyWebhook(Buffer.from(body), { ...headers, accept: ['a', 'b'], host: undefined }, [secret])).toEqual(event);
    const capitals = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toUpperCase(), value]));
    expect(verifyWebhook(body, capitals, secret)).toEqual(event);
  });

  it('takes a message during a rotation with either secret, on both sides', () => {
    const both = sign(body, [other, secret]);
    for (const known of [secret, other, [other, secret]]) expect(verifyWebhook(body, both, known)).toEqual(event);
    expect(verifyWebhook(body, sign(body), [other, secret])).toEqual(event);
  });

  it.each<[string, () => unknown]>([
    ['another body', () => verifyWebhook(body.replace('opened', 'closed'), sign(body), secret)],
    ['another secret', () => verifyWebhook(body, sign(body), other)],
    ['no secret', () => verifyWebhook(body, sign(body), [])],
    ['another id', () => verifyWebhook(body, { ...sign(body), 'webhook-id': 'other' }, secret)],
    ['another time', () => verifyWebhook(body, { ...sign(body), 'webhook-timestamp': String(Math.floor(Date.now() / 1000) - 60) }, secret)],
    ['a message of six minutes ago', () => verifyWebhook(body, sign(body, [secret], 360), secret)],
    ['a message of the future', () => verifyWebhook(body, sign(body, [secret], -360), secret)],
    ['no headers', () => verifyWebhook(body, {}, secret)],
    ['a signature of another version', () => verifyWebhook(body, { ...sign(body), 'webhook-signature': 'v1a,abc v2' }, secret)],
    ['a signed text that is no JSON', () => verifyWebhook('no', sign('no'), secret)],
    ['another query', () => verifyWebhookQuery('/in?name=closed', sign('name=opened'), secret)],
  ])('refuses %s', (_, verify) => {
    expect(verify).toThrow(WebhookVerificationError);
  });

  it('says that a secret is none, because that is no fault of the message', () => {
    expect(() => verifyWebhook(body, sign(body), 'whsec_')).toThrow('Secret can');
  });
});

describe('verifyWebhookQuery', () => {
  it('gives the fields of a signed query, byte for byte as it came', () => {
    const query = 'token=a%20b&name=opened&user_id=ada+%26+bob';
    for (const url of [`/in?${query}`, `https://hooks.example.com/in?${query}`]) {
      expect(Object.fromEntries(verifyWebhookQuery(url, sign(query), secret))).toEqual({
        token: 'a b',
        name: 'opened',
        user_id: 'ada & bob',
      });
    }
    expect(() => verifyWebhookQuery('/in?token=a+b&name=opened&user_id=ada+%26+bob', sign(query), secret)).toThrow(
      WebhookVerificationError,
    );
  });
});
