import type { Queryable } from '@appstead/database';
import { issueKey } from '../../keys/new-key.ts';

export type AppKeyKind = 'app_key' | 'app_secret';

/** How many earlier keys of a kind still work. */
export async function countOverlapping(
  tx: Queryable,
  organizationId: string,
  appId: string,
  kind: AppKeyKind,
  now: string,
): Promise<number> {
  const { rows } = await tx.query<{ live: number }>({
    text: `SELECT count(*)::integer AS live FROM keys WHERE organization_id = $1 AND app_id = $2 AND kind = $3 AND revoked_at IS NULL AND expires_at > $4`,
    values: [organizationId, appId, kind, now],
  });
  return rows[0]?.live ?? 0;
}

/** Makes a new current key; every earlier one ends at `endsAt`, and none ends later than it would have. */
export async function replaceKey(
  tx: Queryable,
  organizationId: string,
  appId: string,
  kind: AppKeyKind,
  endsAt: string,
  now: string,
): Promise<string> {
  await tx.query({
    text: `UPDATE keys SET expires_at = least(expires_at, $4), version = version + 1
      WHERE organization_id = $1 AND app_id = $2 AND kind = $3 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $4)`,
    values: [organizationId, appId, kind, endsAt],
  });
  return (await issueKey(tx, organizationId, kind, { appId, now })).key;
}

/** The first key and secret of an app. */
export async function issueAppKeys(
  tx: Queryable,
  organizationId: string,
  appId: string,
  now: string,
): Promise<{ apiKey: string; apiSecret: string }> {
  const [apiKey, apiSecret] = await Promise.all([
    issueKey(tx, organizationId, 'app_key', { appId, now }),
    issueKey(tx, organizationId, 'app_secret', { appId, now }),
  ]);
  return { apiKey: apiKey.key, apiSecret: apiSecret.key };
}
