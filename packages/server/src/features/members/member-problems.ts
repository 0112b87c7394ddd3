import { defineProblems } from '../../http/problem.ts';

export const memberProblems = defineProblems({
  member_not_found: { status: 404, title: 'Member not found' },
  last_owner: { status: 409, title: 'Last owner' },
});
