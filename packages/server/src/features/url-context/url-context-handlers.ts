import { type Handlers, tenantOf } from '../../http/context.ts';
import { etagOf } from '../../http/etag.ts';
import type { JobQueue } from '../../jobs/job-queue.ts';
import type { SecretBox } from '../../keys/secret-box.ts';
import { appNotFound, appProblems } from '../apps/app-problems.ts';
import { find } from '../apps/app-store.ts';
import { toApp } from '../apps/app-view.ts';
import { hasUrls } from './url-context.ts';

export function urlContextHandlers({ box, jobs }: { box: SecretBox; jobs: JobQueue }): Handlers<'refreshUrlContext'> {
  return {
    async refreshUrlContext({ path }, context) {
      const { organizationId } = tenantOf(context);
      const app = await find(context.db, organizationId, path.app_id);
      if (!app) throw appNotFound();
      if (!hasUrls(app)) throw appProblems.app_urls_missing('The app has no website_url, app_store_url or play_store_url');
      await jobs.send(context.db, 'url_context', { organization_id: organizationId, app_id: app.id });
      context.afterCommit(() => jobs.wake());
      return {
        status: 202,
        headers: { ETag: etagOf(app.version) },
        body: { success: true, app: toApp(app, box) },
        audit: { resourceId: app.id },
      };
    },
  };
}
