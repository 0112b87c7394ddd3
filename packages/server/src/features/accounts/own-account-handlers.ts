import { type Context, type Handlers, personOf } from '../../http/context.ts';
import { etagOf, requireMatch } from '../../http/etag.ts';
import { unauthorized } from '../../http/http-problems.ts';
import { leave } from '../members/members.ts';
import { accountProblems } from './account-problems.ts';
import { toOrganization, toUser } from './account-view.ts';
import * as organizations from './organization-store.ts';
import { checkPassword, hashPassword } from './passwords.ts';
import { endSessionsOf } from './session-store.ts';
import * as users from './user-store.ts';

type OwnAccountOperation = 'getAccount' | 'updateAccount' | 'changePassword' | 'leaveOrganization';

/** What people do with their own account, whatever their role. */
export function ownAccountHandlers(): Handlers<OwnAccountOperation> {
  return {
    async getAccount(_, context) {
      const { organizationId, id } = personOf(context);
      return shown(context, present(await users.find(context.db, organizationId, id)));
    },

    async updateAccount({ header, body }, context) {
      const { organizationId, id } = personOf(context);
      const now = context.now.toISOString();
      const before = present(await users.lock(context.db, organizationId, id));
      requireMatch(header['If-Match'], before.version);
      await users.rename(context.db, organizationId, id, body.name, now);
      const after = { ...before, name: body.name, version: before.version + 1, updated_at: now };
      return { ...(await shown(context, after)), audit: { resourceId: id, before: { name: before.name }, after: { name: after.name } } };
    },

    async changePassword({ body }, context) {
      const { organizationId, id, sessionId } = personOf(context);
      const now = context.now.toISOString();
      const before = present(await users.lock(context.db, organizationId, id));
      if (!(await checkPassword(before.password_hash, body.current_password))) {
        throw accountProblems.wrong_password('The current password is wrong', {
          errors: [{ location: 'body.current_password', message: 'The current password is wrong', rule: 'password' }],
        });
      }
      await users.setPassword(context.db, organizationId, id, await hashPassword(body.new_password), now);
      await endSessionsOf(context.db, organizationId, id, { by: 'password_change', but: sessionId, now });
      return {
        status: 200,
        body: { success: true, password_changed: true },
        audit: { resourceId: id, before: { password: 'previous' }, after: { password: 'new' } },
      };
    },

    async leaveOrganization(_, context) {
      const left = await leave({ tx: context.db, actor: personOf(context), now: context.now });
      return { status: 200, body: { success: true, removed: true }, audit: { resourceId: left.id, before: { role: left.role } } };
    },
  };
}

async function shown({ db }: Context, user: users.UserRow) {
  const organization = toOrganization(await organizations.find(db, user.organization_id));
  const body = { success: true as const, user: toUser(user), organization };
  return { status: 200 as const, headers: { ETag: etagOf(user.version) }, body };
}

/** Somebody who is removed between their authentication and this moment is nobody any more. */
function present<T>(row: T | undefined): T {
  if (row === undefined) throw unauthorized('invalid_credential');
  return row;
}
