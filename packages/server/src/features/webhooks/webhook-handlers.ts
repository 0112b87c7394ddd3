import type { Database } from '@appstead/database';
import { type Context, type Handlers, tenantOf } from '../../http/context.ts';
import { instantAt, instantOf } from '../../http/instant.ts';
import type { SecretBox } from '../../keys/secret-box.ts';
import { pageOf, readCursor } from '../../paging/page.ts';
import { appNotFound } from '../apps/app-problems.ts';
import { lock as lockApp } from '../apps/app-store.ts';
import { requireApp } from '../apps/apps.ts';
import * as store from './delivery-store.ts';
import { toDelivery } from './delivery-view.ts';
import { replayIds, replayRange } from './replay-store.ts';
import { webhookProblems } from './webhook-problems.ts';
import * as secrets from './webhook-secrets.ts';
import type { WebhookWaker } from './webhook-waker.ts';

type WebhookOperation =
  | 'listWebhookDeliveries'
  | 'getWebhookDelivery'
  | 'replayWebhookDeliveries'
  | 'getWebhookSecret'
  | 'rotateWebhookSecret';

type Services = { db: Database; box: SecretBox; webhooks: WebhookWaker };

export function webhookHandlers({ db, box, webhooks }: Services): Handlers<WebhookOperation> {
  return {
    async listWebhookDeliveries({ path, query }, context) {
      const { organizationId, appId } = await appOf(context, path.app_id);
      const { limit = 50, cursor, status, ...between } = query;
      const since = instantOf('since', between.since);
      const until = instantOf('until', between.until);
      const filters = ['listWebhookDeliveries', organizationId, appId, status, since, until];
      const filter = { ...(status && { status }), ...(since && { since }), ...(until && { until }) };
      const rows = await store.list(context.db, organizationId, appId, filter, readCursor(cursor, filters), limit + 1);
      const { page, meta } = pageOf(rows, limit, filters, (row) => [row.created_at, row.id]);
      return { status: 200, body: { success: true, webhook_deliveries: page.map(toDelivery), meta } };
    },

    async getWebhookDelivery({ path }, context) {
      const { organizationId } = await appOf(context, path.app_id);
      const row = await store.find(context.db, organizationId, path.app_id, path.delivery_id);
      if (!row) throw webhookProblems.webhook_delivery_not_found('There is no such delivery');
      return { status: 200, body: { success: true, webhook_delivery: toDelivery(row) } };
    },

    async replayWebhookDeliveries({ path, body }, context) {
      const { db: tx, now } = context;
      const { organizationId } = tenantOf(context);
      const app = await lockApp(tx, organizationId, path.app_id);
      if (!app || app.deleted_at !== null) throw appNotFound();
      const replayed = await ('delivery_ids' in body
        ? replayIds(tx, organizationId, app.id, body.delivery_ids, now.toISOString())
        : replayRange(tx, organizationId, app.id, rangeOf(body), now.toISOString()));
      context.afterCommit(() => webhooks.wake(organizationId, app.id));
      return { status: 202, body: { success: true, replayed }, audit: { resourceId: app.id, after: { replayed } } };
    },

    async getWebhookSecret({ path }, context) {
      const { organizationId, appId } = await appOf(context, path.app_id);
      const { now } = context;
      const row = await db.transact(organizationId, (tx) => secrets.ensureEndpoint({ tx, organizationId, box, now }, appId));
      return { status: 200, body: { success: true, webhook_secret: secrets.show(box, organizationId, row, now) } };
    },

    async rotateWebhookSecret({ path, body }, context) {
      const { db: tx, now } = context;
      const { organizationId } = tenantOf(context);
      const app = await lockApp(tx, organizationId, path.app_id);
      if (!app || app.deleted_at !== null) throw appNotFound();
      const made = await secrets.rotate({ tx, organizationId, box, now }, app.id, body.overlap_hours ?? 24);
      const { secret, previous_ends_at } = made;
      return {
        status: 200,
        body: { success: true, webhook_secret: made },
        audit: { resourceId: app.id, after: { webhook_secret: secret, previous_ends_at } },
      };
    },
  };
}

/** The organization of the caller and the id of the app as it is stored, once it is known that the app is one of it and not deleted. */
async function appOf(context: Context, id: string): Promise<{ organizationId: string; appId: string }> {
  const { organizationId } = tenantOf(context);
  const app = await requireApp(context.db, organizationId, id);
  return { organizationId, appId: app.id };
}

type Range = { since: string; until: string; status?: 'delivered' | 'failed' | 'cancelled' };

function rangeOf({ since, until, status = 'failed' }: Range) {
  return { since: instantAt('body.since', since), until: instantAt('body.until', until), status };
}
