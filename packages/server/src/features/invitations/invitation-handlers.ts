import { v7 as uuidv7 } from 'uuid';
import { type Handlers, personOf, tenantOf } from '../../http/context.ts';
import { pageOf, readCursor } from '../../paging/page.ts';
import { toUser } from '../accounts/account-view.ts';
import { hashPassword } from '../accounts/passwords.ts';
import type { Sessions } from '../accounts/sessions.ts';
import type { Outbox } from '../messages/outbox.ts';
import { invitationMessage } from './invitation-message.ts';
import * as store from './invitation-store.ts';
import * as invitations from './invitations.ts';

type InvitationOperation = 'listInvitations' | 'createInvitation' | 'revokeInvitation' | 'acceptInvitation';
type Services = { sessions: Sessions; outbox: Outbox; publicUrl: string };

export function invitationHandlers({ sessions, outbox, publicUrl }: Services): Handlers<InvitationOperation> {
  return {
    async listInvitations({ query }, context) {
      const { organizationId } = tenantOf(context);
      const { limit = 50, cursor, status } = query;
      const filters = ['listInvitations', organizationId, status];
      const now = context.now.toISOString();
      const rows = await store.list(context.db, organizationId, { status }, readCursor(cursor, filters), limit + 1, now);
      const { page, meta } = pageOf(rows, limit, filters, (row) => [row.created_at, row.id]);
      return { status: 200, body: { success: true, invitations: page.map(toInvitation), meta } };
    },

    async createInvitation({ body }, context) {
      const { db: tx, now } = context;
      const { invitation, token, inviter, organization } = await invitations.create({ tx, actor: personOf(context), now }, body);
      const { organization_id: organizationId, id, email, role } = invitation;
      const message = invitationMessage({ to: email, role, token, inviter, organization, publicUrl });
      context.afterCommit(await outbox.write(tx, organizationId, message, now));
      return {
        status: 201,
        body: { success: true, invitation: toInvitation(invitation), token },
        audit: { resourceId: id, after: { email, role } },
      };
    },

    async revokeInvitation({ path }, context) {
      const scope = { tx: context.db, actor: personOf(context), now: context.now };
      const revoked = await invitations.revoke(scope, path.invitation_id);
      const audit = { resourceId: revoked.id, before: { status: 'open' }, after: { status: 'revoked' } };
      return { status: 200, body: { success: true, invitation: toInvitation(revoked) }, audit };
    },

    async acceptInvitation({ body }, { db, commit, now }) {
      const invitation = await invitations.findOpen(db, body.token, body.email, now);
      const { organization_id: organizationId, id: invitationId } = invitation;
      const passwordHash = await hashPassword(body.password);
      await sessions.prepare();
      const userId = uuidv7();
      return commit({ organizationId, type: 'user', id: userId, name: body.name }, async (tx) => {
        const user = await invitations.accept(tx, { invitation, userId, name: body.name, passwordHash, now });
        const { session } = await sessions.start(tx, organizationId, userId, now);
        const audit = { resourceId: invitationId, before: { status: 'open' }, after: { status: 'accepted', user_id: userId } };
        return { status: 201, body: { success: true, user: toUser(user), session }, audit };
      });
    },
  };
}

function toInvitation({ organization_id: _, ...invitation }: store.InvitationRow) {
  return invitation;
}
