import { type Handlers, tenantOf } from '../../http/context.ts';
import { etagOf, requireMatch } from '../../http/etag.ts';
import { maskKey } from '../../keys/key-format.ts';
import type { KeyRow } from '../../keys/key-store.ts';
import * as keys from '../../keys/key-store.ts';
import { issueKey } from '../../keys/new-key.ts';

type OrganizationKeyOperation = 'getOrganizationKey' | 'updateOrganizationKey' | 'regenerateOrganizationKey';

export function organizationKeyHandlers(): Handlers<OrganizationKeyOperation> {
  return {
    async getOrganizationKey(_, context) {
      const row = liveKey(await keys.findOrganizationKey(context.db, tenantOf(context).organizationId));
      return { status: 200, headers: { ETag: etagOf(row.version) }, body: { success: true, organization_key: toOrganizationKey(row) } };
    },

    async updateOrganizationKey({ header, body }, context) {
      const { organizationId } = tenantOf(context);
      const row = liveKey(await keys.lockOrganizationKey(context.db, organizationId));
      requireMatch(header['If-Match'], row.version);
      await keys.setEnabled(context.db, organizationId, row.id, body.enabled);
      const after = { ...row, enabled: body.enabled, version: row.version + 1 };
      return {
        status: 200,
        headers: { ETag: etagOf(after.version) },
        body: { success: true, organization_key: toOrganizationKey(after) },
        audit: { resourceId: row.id, before: { enabled: row.enabled }, after: { enabled: after.enabled } },
      };
    },

    async regenerateOrganizationKey(_, context) {
      const { organizationId, id: createdBy } = tenantOf(context);
      const now = context.now.toISOString();
      const old = liveKey(await keys.lockOrganizationKey(context.db, organizationId));
      await keys.revoke(context.db, organizationId, old.id, now);
      const { id, key } = await issueKey(context.db, organizationId, 'organization_key', { now, createdBy, version: old.version + 1 });
      return {
        status: 201,
        headers: { ETag: etagOf(old.version + 1) },
        body: { success: true, organization_key: { id, key, enabled: true, created_at: now, last_used_at: null } },
        audit: { resourceId: id, before: { key: 'previous' }, after: { key: 'new', enabled: true } },
      };
    },
  };
}

function liveKey(row: KeyRow | undefined): KeyRow {
  if (!row) throw new Error('an organization always has a live key');
  return row;
}

function toOrganizationKey(row: KeyRow) {
  const { id, enabled, created_at, last_used_at } = row;
  return { id, key: maskKey(row.prefix, row.last_four), enabled, created_at, last_used_at };
}
