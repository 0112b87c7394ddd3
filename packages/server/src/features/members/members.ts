import type { Queryable } from '@appstead/database';
import { requireMatch } from '../../http/etag.ts';
import { httpProblems, outranked, unauthorized } from '../../http/http-problems.ts';
import type { Problem } from '../../http/problem.ts';
import { type Role, reaches, type UserPrincipal } from '../../principal.ts';
import * as organizations from '../accounts/organization-store.ts';
import { endSessionsOf } from '../accounts/session-store.ts';
import { shrinkTo } from '../invitations/invitations.ts';
import { memberProblems } from './member-problems.ts';
import * as store from './member-store.ts';

type Scope = { tx: Queryable; actor: UserPrincipal; now: Date };

/**
 * Changes what a member may do. Throws 404, 403 `insufficient_role`, 412, or 409 `last_owner`. What the member gave to others shrinks with it:
 * their API keys by themselves, their open invitations here.
 */
export async function changeRole(scope: Scope, memberId: string, role: Role, ifMatch: string | undefined) {
  const before = await lockedMember(scope, memberId);
  refuse(unlessMayAct(scope.actor, before, role));
  requireMatch(ifMatch, before.version);
  await keepAnOwner(scope, before, role);
  await stillMayAct(scope, before, role);
  const { tx, actor, now } = scope;
  const at = now.toISOString();
  await store.setRole(tx, actor.organizationId, memberId, role, at);
  await shrinkTo(tx, actor.organizationId, memberId, role, at);
  return { before, after: { ...before, role, version: before.version + 1, updated_at: at } };
}

/** Removes a member, by somebody else. Throws 404, 403 `insufficient_role` or 409 `last_owner`. */
export async function remove(scope: Scope, memberId: string): Promise<store.MemberRow> {
  const before = await lockedMember(scope, memberId);
  refuse(unlessMayAct(scope.actor, before));
  await keepAnOwner(scope, before);
  await stillMayAct(scope, before);
  await end(scope, memberId);
  return before;
}

/** Removes oneself. Throws 409 `last_owner`. */
export async function leave(scope: Scope): Promise<store.MemberRow> {
  const { tx, actor } = scope;
  await organizations.lock(tx, actor.organizationId);
  const self = await store.find(tx, actor.organizationId, actor.id);
  if (!self) throw unauthorized('invalid_credential');
  await keepAnOwner(scope, self);
  await end(scope, self.id);
  return self;
}

/** Why somebody may not act on a member, or undefined when they may. Pure, for every pair of roles. */
export function unlessMayAct(actor: { id: string; role: Role }, member: { id: string; role: Role }, newRole?: Role): Problem | undefined {
  if (actor.id === member.id) {
    return outranked('path.member_id', newRole ? 'Nobody changes their own role' : 'Nobody removes themselves; call leaveOrganization');
  }
  if (actor.role === 'owner') return undefined;
  if (!reaches(actor.role, 'admin')) return httpProblems.insufficient_role('This needs the role admin');
  if (reaches(member.role, 'admin')) return outranked('path.member_id', 'Admins act on members and developers only');
  return newRole === 'owner' ? outranked('body.role', 'Only owners make owners') : undefined;
}

async function lockedMember({ tx, actor }: Scope, memberId: string): Promise<store.MemberRow> {
  await organizations.lock(tx, actor.organizationId);
  const member = await store.find(tx, actor.organizationId, memberId);
  if (!member) throw memberProblems.member_not_found('There is no such member');
  return member;
}

async function keepAnOwner({ tx, actor }: Scope, member: store.MemberRow, newRole?: Role): Promise<void> {
  if (member.role !== 'owner' || newRole === 'owner' || (await store.countOwners(tx, actor.organizationId)) > 1) return;
  throw memberProblems.last_owner('An organization always has an owner; make somebody else an owner first', {
    currentState: 'only owner',
    legalMoves: ['updateMember'],
  });
}

/** The actor was authenticated before the lock: what they were may have been taken from them while it was waited for. */
async function stillMayAct({ tx, actor }: Scope, member: store.MemberRow, newRole?: Role): Promise<void> {
  const now = await store.find(tx, actor.organizationId, actor.id);
  if (!now) throw unauthorized('invalid_credential');
  refuse(unlessMayAct(now, member, newRole));
}

function refuse(problem: Problem | undefined): void {
  if (problem) throw problem;
}

/** Ends a membership with everything that acts in its name. */
async function end({ tx, actor, now }: Scope, memberId: string): Promise<void> {
  const { organizationId } = actor;
  const at = now.toISOString();
  await store.remove(tx, organizationId, memberId, at);
  await endSessionsOf(tx, organizationId, memberId, { by: 'removal', now: at });
  await store.revokeApiKeys(tx, organizationId, memberId, at);
  await shrinkTo(tx, organizationId, memberId, undefined, at);
  await store.leaveTeams(tx, organizationId, memberId);
}
