import type { AppEvent } from '@appstead/contract';
import { Webhook } from 'standardwebhooks';
import type { OutgoingRequest } from '../../egress/guarded-sender.ts';
import type { DueDelivery, SentEvent } from './due-store.ts';
import type { Receiver } from './endpoint-store.ts';

/** Servers and proxies refuse longer request lines, many of them from 8192 bytes on. */
const urlLengthMax = 8_000;

type Message = Pick<OutgoingRequest, 'url' | 'method' | 'body'> & {
  headers: Record<string, string>;
  /** What is signed: the body, or the query string where there is none. */
  signed: string;
};

/**
 * The request that hands an event on: a POST with a JSON body, or a GET with the event in the query. Without headers that change per attempt, so
 * that it is the same each time.
 */
export function messageOf(appId: string, delivery: DueDelivery & { event: SentEvent }, { url, usesQuery }: Receiver): Message {
  const event = eventOf(appId, delivery);
  if (usesQuery) {
    const called = withQuery(url, event);
    return { url: called.href, method: 'GET', headers: {}, signed: called.search.slice(1) };
  }
  const body = JSON.stringify({ type: 'event.received', timestamp: event.received_at, data: event });
  return { url, method: 'POST', headers: { 'content-type': 'application/json' }, body, signed: body };
}

/** The headers of Standard Webhooks 1.0.0 for one attempt: one signature for each secret. The id stays the same over all attempts. */
export function signatureHeaders(id: string, at: Date, signed: string, secrets: string[]): Record<string, string> {
  return {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
    'webhook-signature': secrets.map((secret) => new Webhook(secret).sign(id, at, signed)).join(' '),
  };
}

function eventOf(appId: string, { event_id: id, occurred_at: timestamp, event }: DueDelivery & { event: SentEvent }): AppEvent {
  const { name, received_at, revenue_amount: amount, revenue_currency: currency, properties, ...same } = event;
  const revenue = amount === null || currency === null ? null : { amount, currency };
  return { id, app_id: appId, name, timestamp, received_at, ...same, properties: properties ?? {}, revenue };
}

/** The fields behind what the URL has in its query already; null is left out, and so are properties that would make the URL too long. */
function withQuery(text: string, { properties, revenue, ...plain }: AppEvent): URL {
  const fields = { type: 'event.received', ...plain, revenue_amount: revenue?.amount, revenue_currency: revenue?.currency };
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(fields)) if (value !== null && value !== undefined) query.set(name, String(value));
  const short = extended(text, query);
  for (const [name, value] of Object.entries(properties)) {
    query.set(`properties.${name}`, typeof value === 'string' ? value : JSON.stringify(value));
  }
  const whole = extended(text, query);
  if (whole.href.length <= urlLengthMax) return whole;
  short.search += '&properties_omitted=true';
  return short;
}

function extended(text: string, query: URLSearchParams): URL {
  const url = new URL(text);
  url.search = [url.search.slice(1), query.toString()].filter((part) => part !== '').join('&');
  url.hash = '';
  return url;
}
