import { isUniqueViolation, type Queryable } from '@appstead/database';
import { v7 as uuidv7 } from 'uuid';
import { outranked, unauthorized } from '../../http/http-problems.ts';
import { createKey, hashKey, isWellFormedKey } from '../../keys/key-format.ts';
import type { Role, UserPrincipal } from '../../principal.ts';
import { accountProblems } from '../accounts/account-problems.ts';
import * as organizations from '../accounts/organization-store.ts';
import * as users from '../accounts/user-store.ts';
import { notify } from '../notifications/notify.ts';
import { invitationProblems } from './invitation-problems.ts';
import * as store from './invitation-store.ts';
import { invitableBy, openMs } from './inviting.ts';

type Scope = { tx: Queryable; actor: UserPrincipal; now: Date };

/**
 * Invites an address, in place of the open invitation to it if there is one. The token is returned for the only time. Throws 403
 * `insufficient_role` for a role above the inviter's, 409 `email_taken` when the address belongs to somebody, here or in another organization.
 */
export async function create({ tx, actor, now }: Scope, { email, role }: { email: string; role: Role }) {
  const { organizationId } = actor;
  const organization = await organizations.lock(tx, organizationId);
  // Read under the lock: the role may have been taken from the inviter while it was waited for.
  const inviter = await users.find(tx, organizationId, actor.id);
  if (!inviter) throw unauthorized('invalid_credential');
  if (!invitableBy(inviter.role).includes(role)) throw outranked('body.role', 'Nobody invites to a role above their own');
  if (await users.findByEmail(tx, email)) throw emailTaken();
  const at = now.toISOString();
  await store.replaceOpen(tx, organizationId, email, at);
  const token = createKey('inv');
  const expiresAt = new Date(now.getTime() + openMs).toISOString();
  const row = { id: uuidv7(), email, role, invited_by: inviter.id, created_at: at, expires_at: expiresAt };
  await store.insert(tx, organizationId, { ...row, hash: hashKey(token) });
  const invitation: store.InvitationRow = { ...row, organization_id: organizationId, status: 'open' };
  return { invitation, token, inviter: inviter.name, organization: organization.name };
}

/** Makes a token stop working. Throws 404, or 409 `invitation_closed` when it had stopped before. */
export async function revoke({ tx, actor, now }: Scope, id: string): Promise<store.InvitationRow> {
  const at = now.toISOString();
  const invitation = await store.lock(tx, actor.organizationId, id, at);
  if (!invitation) throw invitationNotFound();
  if (invitation.status !== 'open') throw invitationClosed(invitation.status);
  await store.revoke(tx, actor.organizationId, id, at);
  return { ...invitation, status: 'revoked' };
}

/**
 * The open invitation of a token, for the address it was sent to. Throws the same 404 for an unknown token and for another address, and 409
 * `invitation_closed` once it cannot be accepted any more.
 */
export async function findOpen(db: Queryable, token: string, email: string, now: Date): Promise<store.InvitationRow> {
  const invitation = isWellFormedKey(token) ? await store.findByHash(db, hashKey(token), now.toISOString()) : undefined;
  if (!invitation || invitation.email.toLowerCase() !== email.toLowerCase()) throw invitationNotFound();
  if (invitation.status !== 'open') throw invitationClosed(invitation.status);
  return invitation;
}

type Acceptance = { invitation: store.InvitationRow; userId: string; name: string; passwordHash: string; now: Date };

/** Makes the invited person a member and tells the inviter. Of several at the same moment one gets through; the others get 409. */
export async function accept(tx: Queryable, { invitation: found, userId, name, passwordHash, now }: Acceptance): Promise<users.UserRow> {
  const at = now.toISOString();
  const { organization_id: organizationId, id } = found;
  await organizations.lock(tx, organizationId);
  const invitation = await store.lock(tx, organizationId, id, at);
  if (!invitation) throw invitationNotFound();
  if (invitation.status !== 'open') throw invitationClosed(invitation.status);
  const { email, role } = invitation;
  try {
    await users.insert(tx, organizationId, { id: userId, email, name, role, created_at: at, passwordHash });
  } catch (error) {
    if (isUniqueViolation(error, 'users_email_key')) throw emailTaken();
    throw error;
  }
  await store.accept(tx, organizationId, id, at);
  const resource = { type: 'invitation', id };
  const text = `${name} (${email}) accepted your invitation`;
  await notify(tx, organizationId, { userId: invitation.invited_by, kind: 'invitation_accepted', resource, marker: '', text }, now);
  return { organization_id: organizationId, id: userId, email, name, role, version: 1, created_at: at, updated_at: at };
}

/** Revokes what an inviter may not give any more under their present role; undefined when they left. */
export function shrinkTo(tx: Queryable, organizationId: string, inviterId: string, role: Role | undefined, now: string): Promise<void> {
  return store.revokeOthers(tx, organizationId, inviterId, now, invitableBy(role));
}

function emailTaken() {
  return accountProblems.email_taken('This e-mail address belongs to somebody with an account');
}

function invitationNotFound() {
  return invitationProblems.invitation_not_found('There is no such invitation');
}

function invitationClosed(status: store.InvitationStatus) {
  return invitationProblems.invitation_closed(`The invitation is ${status}`, { currentState: status, legalMoves: ['createInvitation'] });
}
