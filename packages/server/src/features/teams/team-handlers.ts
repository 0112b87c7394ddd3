import type { Team } from '@appstead/contract';
import { type Context, type Handlers, tenantOf } from '../../http/context.ts';
import { etagOf } from '../../http/etag.ts';
import { pageOf, readCursor } from '../../paging/page.ts';
import { teamNotFound } from './team-problems.ts';
import * as store from './team-store.ts';
import * as teams from './teams.ts';

type TeamOperation = 'listTeams' | 'createTeam' | 'getTeam' | 'updateTeam' | 'deleteTeam';

export function teamHandlers(): Handlers<TeamOperation> {
  return {
    async listTeams({ query }, context) {
      const { organizationId } = tenantOf(context);
      const { limit = 50, cursor } = query;
      const filters = ['listTeams', organizationId];
      const rows = await store.list(context.db, organizationId, readCursor(cursor, filters), limit + 1);
      const { page, meta } = pageOf(rows, limit, filters, (row) => [row.created_at, row.id]);
      return { status: 200, body: { success: true, teams: page.map(toTeam), meta } };
    },

    async createTeam({ body }, context) {
      const team = await teams.create(scopeOf(context), body.name);
      return {
        status: 201,
        headers: { ETag: etagOf(team.version) },
        body: { success: true, team: toTeam(team) },
        audit: { resourceId: team.id, after: toTeam(team) },
      };
    },

    async getTeam({ path }, context) {
      const team = await store.find(context.db, tenantOf(context).organizationId, path.team_id);
      if (!team) throw teamNotFound();
      return { status: 200, headers: { ETag: etagOf(team.version) }, body: { success: true, team: toTeam(team) } };
    },

    async updateTeam({ path, header, body }, context) {
      const { before, after } = await teams.rename(scopeOf(context), path.team_id, body.name, header['If-Match']);
      return {
        status: 200,
        headers: { ETag: etagOf(after.version) },
        body: { success: true, team: toTeam(after) },
        audit: { resourceId: after.id, before: toTeam(before), after: toTeam(after) },
      };
    },

    async deleteTeam({ path, header }, context) {
      const team = await teams.remove(scopeOf(context), path.team_id, header['If-Match']);
      return { status: 200, body: { success: true, deleted: true }, audit: { resourceId: team.id, before: toTeam(team) } };
    },
  };
}

function scopeOf(context: Context) {
  return { tx: context.db, organizationId: tenantOf(context).organizationId, now: context.now };
}

function toTeam({ version: _, ...team }: store.TeamRow): Team {
  return team;
}
