import type { Queryable } from '@appstead/database';
import type { Health } from './endpoint-health.ts';

/** A row of `webhook_endpoints`. The secrets are sealed texts. */
export type EndpointRow = Health & {
  app_id: string;
  secret: string;
  secret_created_at: string;
  previous_secret: string | null;
  previous_secret_ends_at: string | null;
};

const columns = `webhook_endpoints.app_id, webhook_endpoints.secret, webhook_endpoints.secret_created_at, webhook_endpoints.previous_secret,
  webhook_endpoints.previous_secret_ends_at, webhook_endpoints.failures, webhook_endpoints.failing_since, webhook_endpoints.paused_until`;

export async function find(tx: Queryable, organizationId: string, appId: string): Promise<EndpointRow | undefined> {
  const text = `SELECT ${columns} FROM webhook_endpoints WHERE organization_id = $1 AND app_id = $2`;
  return (await tx.query<EndpointRow>({ name: 'find_webhook_endpoint', text, values: [organizationId, appId] })).rows[0];
}

/** The row, which has to be there, locked until the transaction ends. */
export async function lock(tx: Queryable, organizationId: string, appId: string): Promise<EndpointRow> {
  const text = `SELECT ${columns} FROM webhook_endpoints WHERE organization_id = $1 AND app_id = $2 FOR UPDATE`;
  const [row] = (await tx.query<EndpointRow>({ text, values: [organizationId, appId] })).rows;
  if (!row) throw new Error('the webhook endpoint was not made');
  return row;
}

/** Nothing happens when there is one. */
export async function insert(tx: Queryable, organizationId: string, appId: string, secret: string, now: string): Promise<void> {
  await tx.query({
    text: `INSERT INTO webhook_endpoints (organization_id, app_id, secret, secret_created_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`,
    values: [organizationId, appId, secret, now],
  });
}

type Secrets = Pick<EndpointRow, 'secret' | 'secret_created_at' | 'previous_secret' | 'previous_secret_ends_at'>;

export async function setSecrets(tx: Queryable, organizationId: string, appId: string, secrets: Secrets): Promise<void> {
  await tx.query({
    text: `UPDATE webhook_endpoints SET secret = $3, secret_created_at = $4, previous_secret = $5, previous_secret_ends_at = $6
      WHERE organization_id = $1 AND app_id = $2`,
    values: [
      ...[organizationId, appId, secrets.secret, secrets.secret_created_at],
      ...[secrets.previous_secret, secrets.previous_secret_ends_at],
    ],
  });
}

/** A moment at which one process holds an app: `lease` names its hold. */
export type Hold = { lease: string; now: string; until: string };

/** Takes an app for sending. Undefined while another process has it, or its receiver is left alone. */
export async function takeLease(tx: Queryable, organizationId: string, appId: string, hold: Hold): Promise<EndpointRow | undefined> {
  const text = `UPDATE webhook_endpoints SET lease = $3, leased_until = $5
    WHERE organization_id = $1 AND app_id = $2 AND (leased_until IS NULL OR leased_until <= $4) AND (paused_until IS NULL OR paused_until <= $4)
    RETURNING ${columns}`;
  const values = [organizationId, appId, hold.lease, hold.now, hold.until];
  return (await tx.query<EndpointRow>({ name: 'take_webhook_lease', text, values })).rows[0];
}

/** Until when an app that cannot be taken is another process's, or its receiver left alone, in ISO 8601; undefined when neither is known. */
export async function findBusyUntil(tx: Queryable, organizationId: string, appId: string): Promise<string | undefined> {
  const text = `SELECT greatest(leased_until, paused_until) AS until FROM webhook_endpoints WHERE organization_id = $1 AND app_id = $2`;
  const { rows } = await tx.query<{ until: string | null }>({ name: 'find_webhook_busy', text, values: [organizationId, appId] });
  return rows[0]?.until ?? undefined;
}

/** Writes what was seen of the receiver and holds on to the app. False when the lease is another's by now. */
export async function keepLease(
  tx: Queryable,
  organizationId: string,
  appId: string,
  { lease, until }: Pick<Hold, 'lease' | 'until'>,
  health: Health,
): Promise<boolean> {
  const { rowCount } = await tx.query({
    name: 'keep_webhook_lease',
    text: `UPDATE webhook_endpoints SET leased_until = $4, failures = $5, failing_since = $6, paused_until = $7
      WHERE organization_id = $1 AND app_id = $2 AND lease = $3`,
    values: [organizationId, appId, lease, until, health.failures, health.failing_since, health.paused_until],
  });
  return rowCount === 1;
}

export async function releaseLease(tx: Queryable, organizationId: string, appId: string, lease: string): Promise<void> {
  await tx.query({
    name: 'release_webhook_lease',
    text: 'UPDATE webhook_endpoints SET lease = NULL, leased_until = NULL WHERE organization_id = $1 AND app_id = $2 AND lease = $3',
    values: [organizationId, appId, lease],
  });
}

/**
 * Forgets how the receiver fared, because it is another one now. Whoever sends to the one before loses the lease with that, so that what it
 * still finds out is not held against the new one.
 */
export async function forgetHealth(tx: Queryable, organizationId: string, appId: string): Promise<void> {
  await tx.query({
    text: `UPDATE webhook_endpoints SET failures = 0, failing_since = NULL, paused_until = NULL, lease = NULL, leased_until = NULL
      WHERE organization_id = $1 AND app_id = $2`,
    values: [organizationId, appId],
  });
}

export type Receiver = { url: string; usesQuery: boolean };

/** Where an app's events go now; undefined when nowhere. */
export async function findReceiver(tx: Queryable, organizationId: string, appId: string): Promise<Receiver | undefined> {
  const text = `SELECT apps.webhook_url AS url, apps.webhook_use_query_params AS "usesQuery" FROM apps
    WHERE apps.organization_id = $1 AND apps.id = $2 AND apps.webhook_enabled AND apps.webhook_url IS NOT NULL AND apps.deleted_at IS NULL`;
  return (await tx.query<Receiver>({ name: 'find_webhook_receiver', text, values: [organizationId, appId] })).rows[0];
}

/** Turns the webhook of an app off; its name. Undefined when it is off already. */
export async function turnOff(tx: Queryable, organizationId: string, appId: string, now: string): Promise<{ name: string } | undefined> {
  const text = `UPDATE apps SET webhook_enabled = false, version = version + 1, updated_at = $3
    WHERE organization_id = $1 AND id = $2 AND webhook_enabled RETURNING name`;
  return (await tx.query<{ name: string }>({ text, values: [organizationId, appId, now] })).rows[0];
}
