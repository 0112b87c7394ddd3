import { isUniqueViolation } from '@appstead/database';
import { v7 as uuidv7 } from 'uuid';
import type { Actor, Handlers } from '../../http/context.ts';
import { accountProblems, invalidRefreshToken } from './account-problems.ts';
import { toUser } from './account-view.ts';
import { createOrganization } from './organizations.ts';
import { checkPassword, hashPassword } from './passwords.ts';
import { endSession } from './session-store.ts';
import type { Sessions } from './sessions.ts';
import { countAttempt, forgiveAttempt } from './sign-in-attempts.ts';
import { findByEmail, type UserRow } from './user-store.ts';

type AccountOperation = 'signUp' | 'signIn' | 'refreshSession' | 'signOut';

export function accountHandlers({
  sessions,
  isSignUpEnabled,
}: {
  sessions: Sessions;
  isSignUpEnabled: () => boolean;
}): Handlers<AccountOperation> {
  return {
    async signUp({ body }, { commit, now }) {
      if (!isSignUpEnabled()) throw accountProblems.signup_disabled('Sign-up is switched off on this server');
      const [id, userId] = [uuidv7(), uuidv7()];
      const owner = { id: userId, name: body.name, email: body.email, passwordHash: await hashPassword(body.password) };
      await sessions.prepare();
      try {
        return await commit({ organizationId: id, type: 'user', id: userId, name: body.name }, async (tx) => {
          const { organization, user, organizationKey } = await createOrganization(tx, { id, name: body.organization_name, owner, now });
          const { session } = await sessions.start(tx, id, userId, now);
          return {
            status: 201,
            body: { success: true, organization, user, organization_key: organizationKey, session },
            audit: { resourceId: id, after: { name: organization.name } },
          };
        });
      } catch (error) {
        if (isUniqueViolation(error, 'users_email_key'))
          throw accountProblems.email_taken('Somebody signed up with this e-mail address before');
        throw error;
      }
    },

    async signIn({ body }, { db, commit, now }) {
      const attempt = await countAttempt(db, body.email, now);
      const found = await findByEmail(db, body.email);
      if (!(await checkPassword(found?.password_hash, body.password)) || !found) {
        throw accountProblems.invalid_sign_in('The e-mail address or the password is wrong', {
          headers: { 'WWW-Authenticate': 'Bearer realm="appstead"' },
        });
      }
      await forgiveAttempt(db, attempt);
      await sessions.prepare();
      return commit(personOf(found), async (tx) => {
        const { id, session } = await sessions.start(tx, found.organization_id, found.id, now);
        return {
          status: 200,
          body: { success: true, user: toUser(found), session },
          audit: { resourceId: id, after: { user_id: found.id } },
        };
      });
    },

    async refreshSession({ body }, { commit, now }) {
      const token = await sessions.find(body.refresh_token);
      if (!token) throw invalidRefreshToken();
      await sessions.prepare();
      // The end of a replayed session has to be committed, so the refusal comes after the transaction.
      const done = await commit(sessionActor(token), async (tx) => {
        const renewed = await sessions.renew(tx, token, now);
        return { renewed, audit: { resourceId: token.session_id, after: renewed ? {} : { ended_by: 'replay' } } };
      });
      if (!done.renewed) throw invalidRefreshToken();
      return { status: 200, body: { success: true, session: done.renewed.session }, audit: null };
    },

    async signOut({ body }, { commit, now }) {
      const token = await sessions.find(body.refresh_token);
      const reply = { status: 200 as const, body: { success: true as const, signed_out: true as const } };
      if (!token) return { ...reply, audit: null };
      return commit(sessionActor(token), async (tx) => {
        const ended = await endSession(tx, token.organization_id, token.session_id, 'sign_out', now.toISOString());
        return { ...reply, audit: ended ? { resourceId: token.session_id, after: { ended_by: 'sign_out' } } : null };
      });
    },
  };
}

function personOf(user: UserRow): Actor {
  return { organizationId: user.organization_id, type: 'user', id: user.id, name: user.name };
}

function sessionActor(token: { organization_id: string; user_id: string; user_name: string }): Actor {
  return { organizationId: token.organization_id, type: 'user', id: token.user_id, name: token.user_name };
}
