import { readDocument } from '@appstead/contract/document';
import { describe, expect, it } from 'vitest';
import type { Role, TeamRole, UserPrincipal } from '../principal.ts';
import { authorize, checkSchemes } from './authorize.ts';
import { type IndexedOperation, indexContract } from './contract-index.ts';

const team = '01939f5c-8a20-7c01-8d02-1e2f3a4b5c6d';
const otherTeam = '01939f5c-8a20-7c01-8d02-1e2f3a4b5c6e';
const operations = indexContract(readDocument());
const updateTeam = operations.find(({ id }) => id === 'updateTeam') as IndexedOperation;

function person(role: Role, teamRoles: Record<string, TeamRole> = {}): UserPrincipal {
  return { kind: 'user', organizationId: 'o', id: 'u', name: 'n', role, teamRoles: new Map(Object.entries(teamRoles)), sessionId: 's' };
}

function allowed(principal: UserPrincipal, params: Record<string, string> = { team_id: team }): boolean {
  try {
    authorize(updateTeam, principal, params);
    return true;
  } catch (error) {
    expect(error).toMatchObject({ code: 'insufficient_role', status: 403 });
    return false;
  }
}

describe('an operation that asks a session for team_admin', () => {
  it('lets admins and owners of the organization in, whatever team they are in', () => {
    expect([allowed(person('owner')), allowed(person('admin')), allowed(person('admin', { [team]: 'member' }))]).toEqual([
      true,
      true,
      true,
    ]);
  });

  it('lets a member in who is admin of the team in the path, however its id is written, and of no other', () => {
    expect(allowed(person('member', { [team]: 'admin' }))).toBe(true);
    expect(allowed(person('member', { [team]: 'admin' }), { team_id: team.toUpperCase() })).toBe(true);
    expect(allowed(person('member', { [team]: 'admin' }), { team_id: otherTeam })).toBe(false);
    expect(allowed(person('member', { [team]: 'member', [otherTeam]: 'admin' }))).toBe(false);
    expect(allowed(person('member'))).toBe(false);
  });

  it('keeps developers out, even one who was admin of the team as a member', () => {
    expect(allowed(person('developer', { [team]: 'admin' }))).toBe(false);
  });

  it('lets nobody in where the path has no team', () => {
    expect(allowed(person('owner'), {})).toBe(false);
  });
});

describe('checkSchemes', () => {
  const asking = (path: string, role: string) => [{ ...updateTeam, path, security: [{ session: [role] }] }];

  it('takes the contract as it is', () => {
    expect(() => checkSchemes(operations)).not.toThrow();
  });

  it('refuses team_admin on a path without a team, and roles that do not exist', () => {
    expect(() => checkSchemes(asking('/v1/teams/{team_id}/things', 'team_admin'))).not.toThrow();
    expect(() => checkSchemes(asking('/v1/projects/{project_id}', 'team_admin'))).toThrow('updateTeam asks a session for team_admin');
    expect(() => checkSchemes(asking('/v1/teams/{team_id}', 'emperor'))).toThrow('updateTeam asks a session for emperor');
  });
});
