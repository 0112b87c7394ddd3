import { describe, expect, it } from 'vitest';
import type { Operation } from './contract.ts';
import { expectationFor } from './principals.ts';
import type { PrincipalClass } from './target.ts';

const sessions: PrincipalClass[] = ['developerSession', 'memberSession', 'adminSession', 'ownerSession'];

function letIn(role: string): PrincipalClass[] {
  const operation = {
    path: '/teams/{team_id}',
    security: [{ session: [role] }],
    responses: new Map([[403, {}]]),
  } as unknown as Operation;
  return sessions.filter((principal) => expectationFor(operation, principal, { headers: {} }).kind === 'accepted');
}

describe('expectationFor a session', () => {
  it('follows the ranks of the roles in the organization', () => {
    expect(letIn('developer')).toEqual(sessions);
    expect(letIn('member')).toEqual(sessions.slice(1));
    expect(letIn('admin')).toEqual(sessions.slice(2));
    expect(letIn('owner')).toEqual(sessions.slice(3));
  });

  it('expects team_admin of admins and owners, and not of a member of no team', () => {
    expect(letIn('team_admin')).toEqual(['adminSession', 'ownerSession']);
  });
});
