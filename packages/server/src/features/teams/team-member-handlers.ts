import { type Handlers, tenantOf } from '../../http/context.ts';
import { pageOf, readCursor } from '../../paging/page.ts';
import { memberProblems } from '../members/member-problems.ts';
import * as store from './team-member-store.ts';
import { teamNotFound } from './team-problems.ts';
import { find, hold } from './team-store.ts';

type TeamMemberOperation = 'listTeamMembers' | 'putTeamMember' | 'removeTeamMember';

export function teamMemberHandlers(): Handlers<TeamMemberOperation> {
  return {
    async listTeamMembers({ path, query }, context) {
      const { organizationId } = tenantOf(context);
      const team = await find(context.db, organizationId, path.team_id);
      if (!team) throw teamNotFound();
      const { limit = 50, cursor } = query;
      const filters = ['listTeamMembers', organizationId, team.id];
      const rows = await store.list(context.db, organizationId, team.id, readCursor(cursor, filters), limit + 1);
      const { page, meta } = pageOf(rows, limit, filters, (row) => [row.created_at, row.member_id]);
      return { status: 200, body: { success: true, team_members: page, meta } };
    },

    async putTeamMember({ path, body }, context) {
      const { organizationId } = tenantOf(context);
      const team = await hold(context.db, organizationId, path.team_id);
      if (!team) throw teamNotFound();
      const person = await store.holdPerson(context.db, organizationId, team.id, path.member_id);
      if (!person) throw memberProblems.member_not_found('There is no such member');
      const { id, name, email, role: before, created_at: since } = person;
      const created_at = since ?? context.now.toISOString();
      const member: store.TeamMemberRow = { member_id: id, team_id: team.id, name, email, role: body.role, created_at };
      await store.put(context.db, organizationId, member);
      // The team is told with every change, because the entry goes by the member.
      const changes = { resourceId: id, before: { role: before }, after: { team_id: team.id, role: body.role } };
      return { status: 200, body: { success: true, team_member: member }, audit: before === body.role ? null : changes };
    },

    async removeTeamMember({ path }, context) {
      const { organizationId } = tenantOf(context);
      const team = await hold(context.db, organizationId, path.team_id);
      if (!team) throw teamNotFound();
      const role = await store.remove(context.db, organizationId, team.id, path.member_id);
      if (role === undefined) throw memberProblems.member_not_found('There is no such member of the team');
      const audit = { resourceId: path.member_id, before: { team_id: team.id, role } };
      return { status: 200, body: { success: true, removed: true }, audit };
    },
  };
}
