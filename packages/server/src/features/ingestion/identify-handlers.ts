import type { Database } from '@appstead/database';
import { appOf, type Handlers } from '../../http/context.ts';
import type { CachedFigures } from '../stats/cached-figures.ts';
import { identify } from './identify.ts';
import { checkSender } from './sender-rules.ts';

export function identifyHandlers({ db, figures }: { db: Database; figures: CachedFigures }): Handlers<'identifyUser'> {
  return {
    async identifyUser({ body }, context) {
      const sender = appOf(context);
      const { bundle_id: bundleId, ...sent } = body;
      checkSender(sender, context.origin, bundleId);
      const { organizationId, app } = sender;
      const { claimed, users } = await identify(db, { organizationId, appId: app.id }, sent, context.now);
      if (users !== 0) figures.mark(organizationId, app.id);
      return { status: 200, body: { success: true, user: { user_id: body.user_id, claimed } } };
    },
  };
}
