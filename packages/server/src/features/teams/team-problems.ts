import { defineProblems } from '../../http/problem.ts';

export const teamProblems = defineProblems({
  team_not_found: { status: 404, title: 'Team not found' },
  team_not_empty: { status: 409, title: 'Team not empty' },
  default_kept: { status: 409, title: 'Default kept' },
});

/** The same words whether the team never was, is deleted, or belongs to somebody else. */
export function teamNotFound() {
  return teamProblems.team_not_found('There is no such team');
}
