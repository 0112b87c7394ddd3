import type { Database } from '@appstead/database';
import { type Handlers, tenantOf } from '../../http/context.ts';
import { readCursor } from '../../paging/page.ts';
import { requireApp } from '../apps/apps.ts';
import type { EventFeeds } from './event-feeds.ts';
import { streamText } from './event-stream.ts';

export function streamHandlers({ db, feeds }: { db: Database; feeds: EventFeeds }): Handlers<'streamEvents'> {
  return {
    async streamEvents({ path, header }, context) {
      const { organizationId } = tenantOf(context);
      const appId = path.app_id.toLowerCase();
      const filters = ['streamEvents', organizationId, appId];
      const after = readCursor(header['Last-Event-ID'], filters, 'header.Last-Event-ID');
      await requireApp(db, organizationId, appId);
      const subscription = await feeds.subscribe(organizationId, appId);
      const recheck = async () => {
        await context.recheck();
        await requireApp(db, organizationId, appId);
      };
      return { status: 200, body: streamText({ db, organizationId, appId, subscription, after, filters, recheck }) };
    },
  };
}
