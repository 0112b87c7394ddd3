import { randomBytes } from 'node:crypto';
import type { Queryable } from '@appstead/database';
import { rotationInProgress } from '../../keys/key-problems.ts';
import type { SecretBox } from '../../keys/secret-box.ts';
import * as store from './endpoint-store.ts';

/** A secret in the form of Standard Webhooks, shown in full: whoever receives webhooks has to know it. */
export type ShownSecret = { secret: string; created_at: string; previous_ends_at: string | null };

type Scope = { tx: Queryable; organizationId: string; box: SecretBox; now: Date };

/** The row of an app's webhook, made with a first secret when there is none. */
export async function ensureEndpoint({ tx, organizationId, box, now }: Scope, appId: string): Promise<store.EndpointRow> {
  const known = await store.find(tx, organizationId, appId);
  if (known) return known;
  await store.insert(tx, organizationId, appId, seal(box, organizationId, appId, newSecret()), now.toISOString());
  // Another may have been first.
  return (await store.find(tx, organizationId, appId)) as store.EndpointRow;
}

/** Makes a new secret. Deliveries are signed with the previous one as well until the overlap ends. */
export async function rotate(scope: Scope, appId: string, overlapHours: number): Promise<ShownSecret> {
  const { tx, organizationId, box, now } = scope;
  await ensureEndpoint(scope, appId);
  const before = await store.lock(tx, organizationId, appId);
  const isOverlapping = before.previous_secret_ends_at !== null && before.previous_secret_ends_at > now.toISOString();
  if (overlapHours > 0 && isOverlapping) throw rotationInProgress('rotateWebhookSecret');
  const endsAt = overlapHours > 0 ? new Date(now.getTime() + overlapHours * 3_600_000).toISOString() : null;
  const secret = newSecret();
  await store.setSecrets(tx, organizationId, appId, {
    secret: seal(box, organizationId, appId, secret),
    secret_created_at: now.toISOString(),
    previous_secret: endsAt === null ? null : before.secret,
    previous_secret_ends_at: endsAt,
  });
  return { secret, created_at: now.toISOString(), previous_ends_at: endsAt };
}

/** The secret of a row as it is shown. */
export function show(box: SecretBox, organizationId: string, row: store.EndpointRow, now: Date): ShownSecret {
  const endsAt = row.previous_secret_ends_at;
  return {
    secret: open(box, organizationId, row.app_id, row.secret),
    created_at: row.secret_created_at,
    previous_ends_at: endsAt !== null && endsAt > now.toISOString() ? endsAt : null,
  };
}

/** Every secret that a delivery is signed with at an instant, the current one first. */
export function signingSecrets(box: SecretBox, organizationId: string, row: store.EndpointRow, now: Date): string[] {
  const { previous_secret: previous, previous_secret_ends_at: endsAt } = row;
  const isOverlapping = previous !== null && endsAt !== null && endsAt > now.toISOString();
  return [row.secret, ...(isOverlapping ? [previous] : [])].map((sealed) => open(box, organizationId, row.app_id, sealed));
}

function newSecret(): string {
  return `whsec_${randomBytes(32).toString('base64')}`;
}

function seal(box: SecretBox, organizationId: string, appId: string, secret: string): string {
  return box.seal(secret, placeOf(organizationId, appId));
}

function open(box: SecretBox, organizationId: string, appId: string, sealed: string): string {
  return box.open(sealed, placeOf(organizationId, appId));
}

function placeOf(organizationId: string, appId: string): string {
  return `webhook_endpoints:${organizationId}:${appId}:secret`;
}
