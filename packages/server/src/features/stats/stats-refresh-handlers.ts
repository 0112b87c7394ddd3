import { type Handlers, tenantOf } from '../../http/context.ts';
import { etagOf } from '../../http/etag.ts';
import type { SecretBox } from '../../keys/secret-box.ts';
import { appNotFound } from '../apps/app-problems.ts';
import * as apps from '../apps/app-store.ts';
import { toApp } from '../apps/app-view.ts';
import { writeFigures } from './cached-figures-store.ts';

export function statsRefreshHandlers({ box }: { box: SecretBox }): Handlers<'refreshAppStats'> {
  return {
    async refreshAppStats({ path }, context) {
      const { organizationId } = tenantOf(context);
      const before = await apps.find(context.db, organizationId, path.app_id);
      if (!before) throw appNotFound();
      await writeFigures(context.db, organizationId, [before.id], context.now.toISOString());
      const after = await apps.find(context.db, organizationId, path.app_id);
      if (!after) throw appNotFound();
      return {
        status: 200,
        headers: { ETag: etagOf(after.version) },
        body: { success: true, app: toApp(after, box) },
        audit: { resourceId: after.id, before: toApp(before, box), after: toApp(after, box) },
      };
    },
  };
}
