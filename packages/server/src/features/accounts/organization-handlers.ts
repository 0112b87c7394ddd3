import { type Handlers, tenantOf } from '../../http/context.ts';
import { etagOf, requireMatch } from '../../http/etag.ts';
import { toOrganization } from './account-view.ts';
import * as organizations from './organization-store.ts';

type OrganizationOperation = 'getOrganization' | 'updateOrganization';

export function organizationHandlers(): Handlers<OrganizationOperation> {
  return {
    async getOrganization(_, context) {
      const row = await organizations.find(context.db, tenantOf(context).organizationId);
      return { status: 200, headers: { ETag: etagOf(row.version) }, body: { success: true, organization: toOrganization(row) } };
    },

    async updateOrganization({ header, body }, context) {
      const { organizationId } = tenantOf(context);
      const now = context.now.toISOString();
      const before = await organizations.lock(context.db, organizationId);
      requireMatch(header['If-Match'], before.version);
      await organizations.rename(context.db, organizationId, body.name, now);
      const after = { ...before, name: body.name, version: before.version + 1, updated_at: now };
      return {
        status: 200,
        headers: { ETag: etagOf(after.version) },
        body: { success: true, organization: toOrganization(after) },
        audit: { resourceId: organizationId, before: { name: before.name }, after: { name: after.name } },
      };
    },
  };
}
