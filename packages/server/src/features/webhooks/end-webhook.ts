import type { Transaction } from '@appstead/database';
import { v7 as uuidv7 } from 'uuid';
import { recordAudit } from '../../http/audit-trail.ts';
import { listAdmins } from '../members/member-store.ts';
import { notify } from '../notifications/notify.ts';
import * as store from './endpoint-store.ts';

/** Why a webhook was turned off: its receiver said that it is gone (410), or took nothing for days. */
export type EndReason = 'gone' | 'failing';

const because: Record<EndReason, string> = {
  gone: 'its receiver answered 410 Gone',
  failing: 'nothing was delivered for 5 days',
};

/** Turns the webhook of an app off, with an entry in the audit trail, and tells the owners and admins. Nothing happens when it is off. */
export async function endWebhook(tx: Transaction, organizationId: string, appId: string, reason: EndReason, now: Date): Promise<void> {
  const app = await store.turnOff(tx, organizationId, appId, now.toISOString());
  if (!app) return;
  const actor = { organizationId, type: 'system', id: null, name: 'webhooks' };
  const note = { resourceId: appId, before: { webhook_enabled: true }, after: { webhook_enabled: false, reason: because[reason] } };
  recordAudit(tx, actor, 'app.webhook_disabled', note, { requestId: uuidv7(), now });
  const text = `The webhook of the app ${app.name} was turned off, because ${because[reason]}`;
  const resource = { type: 'app', id: appId };
  for (const userId of await listAdmins(tx, organizationId)) {
    await notify(tx, organizationId, { userId, kind: 'webhook_disabled', marker: now.toISOString(), text, resource }, now);
  }
}
