import { v7 as uuidv7 } from 'uuid';
import { call } from './call.ts';
import { sendEvents } from './send-events.ts';
import type { Harness } from './server-harness.ts';

export type WebhookApp = Awaited<ReturnType<typeof newWebhookApp>>;

/** An app whose events go to a URL, in an organization of its own. */
export async function newWebhookApp(server: Harness, webhookUrl: string, fields: object = {}) {
  const organization = await server.newOrganization();
  const key = organization.organizationKey;
  const body = { name: 'Shop', webhook_url: webhookUrl, webhook_enabled: true, ...fields };
  const { app } = (await call(server.url, '/v1/apps', { key, body })).body;
  const path = `/v1/apps/${app.id}`;
  return {
    organization,
    key,
    id: app.id as string,
    path,
    /** The secret of its webhook. */
    secret: async () => (await call(server.url, `${path}/webhook-secret`, { key })).body.webhook_secret.secret as string,
    /** Sends so many events; their ids. */
    send: async (count: number, event: object = {}) => {
      const ids = Array.from({ length: count }, () => uuidv7());
      for (let at = 0; at < count; at += 1_000) {
        const events = ids.slice(at, at + 1_000).map((id) => ({ name: 'opened', id, ...event }));
        const answer = await sendEvents(server.url, app.api_key, events);
        if (answer.body.accepted !== events.length) throw new Error(JSON.stringify(answer.body));
      }
      return ids;
    },
    update: (change: object) => call(server.url, path, { key, method: 'PATCH', body: change }),
    deliveries: async (query = '') =>
      (await call(server.url, `${path}/webhook-deliveries?limit=200${query}`, { key })).body.webhook_deliveries,
    replay: (replay: object) => call(server.url, `${path}/webhook-deliveries/replay`, { key, body: replay }),
    isEnabled: async () => (await call(server.url, path, { key })).body.app.webhook_enabled as boolean,
  };
}
