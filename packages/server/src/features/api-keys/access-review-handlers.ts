import { type Handlers, tenantOf } from '../../http/context.ts';
import { ScopeRoles } from '../../http/scope-roles.ts';
import { maskKey } from '../../keys/key-format.ts';
import { reasonsToReview } from './access-review.ts';
import { listLive } from './api-key-store.ts';

export function accessReviewHandlers(): Handlers<'getAccessReview'> {
  const roles = new ScopeRoles();
  return {
    async getAccessReview(_, context) {
      const rows = await listLive(context.db, tenantOf(context).organizationId, context.now.toISOString());
      const findings = rows.flatMap((row) => {
        const reasons = reasonsToReview(row, roles, context.now);
        return reasons.length === 0 ? [] : [{ api_key_id: row.id, name: row.name, key: maskKey(row.prefix, row.last_four), reasons }];
      });
      return { status: 200, body: { success: true, findings } };
    },
  };
}
