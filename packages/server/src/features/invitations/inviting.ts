import { type Role, reaches } from '../../principal.ts';

const roles: Role[] = ['developer', 'member', 'admin', 'owner'];

/** How long an invitation can be accepted. */
export const openMs = 7 * 24 * 60 * 60 * 1000;

/** The roles that somebody may invite to: none above their own, and none at all below admin. Undefined: who has left. */
export function invitableBy(role: Role | undefined): Role[] {
  return role && reaches(role, 'admin') ? roles.filter((other) => reaches(role, other)) : [];
}
