import { describe, expect, it } from 'vitest';
import type { Link } from './contract.ts';
import { linkSets } from './link-sets.ts';

const link = (source: string, names: string[], requestBody?: unknown): Link =>
  ({ source, status: 200, parameters: Object.fromEntries(names.map((name) => [name, `$response.body#/${name}`])), requestBody }) as Link;

describe('linkSets', () => {
  const team = link('createTeam', ['team_id']);
  const member = link('listMembers', ['member_id']);
  const both = link('putTeamMember', ['team_id', 'member_id']);

  it('takes every link that gives all that is needed, alone', () => {
    expect(linkSets([team, both, member], ['team_id', 'member_id'])).toEqual([[both]]);
    expect(linkSets([team, both], ['team_id'])).toEqual([[team], [both]]);
  });

  it('puts links together that give a part each, where none gives all', () => {
    expect(linkSets([member, team], ['team_id', 'member_id'])).toEqual([[team, member]]);
  });

  it('is empty when something is given by no link', () => {
    expect(linkSets([team], ['team_id', 'member_id'])).toEqual([]);
    expect(linkSets([], ['team_id'])).toEqual([]);
  });

  it('takes links for the body of an operation that needs nothing in its path', () => {
    const renewal = link('signIn', [], { refresh_token: '{$response.body#/session/refresh_token}' });
    expect(linkSets([team, renewal], [])).toEqual([[renewal]]);
  });
});
