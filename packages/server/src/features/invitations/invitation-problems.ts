import { defineProblems } from '../../http/problem.ts';

export const invitationProblems = defineProblems({
  invitation_not_found: { status: 404, title: 'Invitation not found' },
  invitation_closed: { status: 409, title: 'Invitation closed' },
});
