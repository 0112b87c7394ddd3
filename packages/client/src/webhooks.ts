import type { WebhookEvent } from '@appstead/contract';
import { Webhook, WebhookVerificationError } from 'standardwebhooks';

export type { AppEvent, WebhookEvent } from '@appstead/contract';
export { WebhookVerificationError } from 'standardwebhooks';

/** Headers as `fetch` or Node.js gives them, in any case. */
export type WebhookHeaders = Headers | Record<string, string | string[] | undefined>;

/**
 * The event of a webhook, if it is one of Appstead and not older than 5 minutes. `body` is what came, unparsed: a parsed and printed one is
 * another text. Several secrets during a change from one to the next; one of them has to fit. Throws WebhookVerificationError.
 */
export function verifyWebhook(body: string | Uint8Array, headers: WebhookHeaders, secret: string | readonly string[]): WebhookEvent {
  const text = typeof body === 'string' ? body : new TextDecoder().decode(body);
  verify(text, headers, secret);
  try {
    return JSON.parse(text) as WebhookEvent;
  } catch {
    throw new WebhookVerificationError('The body is not JSON');
  }
}

/**
 * The same for a webhook with `webhook_use_query_params`: the query of the request, its fields those of the event. `url` is the address as it
 * came, or the part of it from the path on. Throws WebhookVerificationError.
 */
export function verifyWebhookQuery(url: string, headers: WebhookHeaders, secret: string | readonly string[]): URLSearchParams {
  const start = url.indexOf('?');
  const query = start < 0 ? '' : url.slice(start + 1);
  verify(query, headers, secret);
  return new URLSearchParams(query);
}

function verify(signed: string, headers: WebhookHeaders, secret: string | readonly string[]): void {
  const sent = plain(headers);
  const secrets = typeof secret === 'string' ? [secret] : secret;
  let refusal: unknown = new WebhookVerificationError('There is no secret to verify with');
  for (const one of secrets) {
    try {
      new Webhook(one).verify(signed, sent, { jsonParse: false });
      return;
    } catch (error) {
      if (!(error instanceof WebhookVerificationError)) throw error;
      refusal = error;
    }
  }
  throw refusal;
}

function plain(headers: WebhookHeaders): Record<string, string> {
  const entries = headers instanceof Headers ? [...headers] : Object.entries(headers);
  return Object.fromEntries(entries.flatMap(([name, value]) => (typeof value === 'string' ? [[name, value] as const] : [])));
}
