import type { Queryable } from '@appstead/database';
import { v7 as uuidv7 } from 'uuid';
import { requireMatch } from '../../http/etag.ts';
import { teamNotFound, teamProblems } from './team-problems.ts';
import * as store from './team-store.ts';

type Scope = { tx: Queryable; organizationId: string; now: Date };

export async function create({ tx, organizationId, now }: Scope, name: string): Promise<store.TeamRow> {
  const at = now.toISOString();
  const team: store.TeamRow = { id: uuidv7(), name, is_default: false, version: 1, created_at: at, updated_at: at };
  await store.insert(tx, organizationId, team);
  return team;
}

/** Throws 404 or 412. */
export async function rename({ tx, organizationId, now }: Scope, teamId: string, name: string, ifMatch: string | undefined) {
  const before = await lockExisting(tx, organizationId, teamId);
  requireMatch(ifMatch, before.version);
  const after = { ...before, name, version: before.version + 1, updated_at: now.toISOString() };
  await store.rename(tx, organizationId, after);
  return { before, after };
}

/** Throws 404, 412, or 409 for the default team and for one that has projects. */
export async function remove({ tx, organizationId, now }: Scope, teamId: string, ifMatch: string | undefined): Promise<store.TeamRow> {
  const team = await lockExisting(tx, organizationId, teamId);
  requireMatch(ifMatch, team.version);
  if (team.is_default) {
    throw teamProblems.default_kept('The default team cannot be deleted', { currentState: 'default', legalMoves: ['updateTeam'] });
  }
  if (await store.hasProjects(tx, organizationId, teamId)) {
    throw teamProblems.team_not_empty('The team has projects; delete them first', {
      currentState: 'has projects',
      legalMoves: ['updateTeam', 'deleteProject'],
    });
  }
  await store.remove(tx, organizationId, teamId, now.toISOString());
  return team;
}

async function lockExisting(tx: Queryable, organizationId: string, teamId: string): Promise<store.TeamRow> {
  const team = await store.lock(tx, organizationId, teamId);
  if (!team) throw teamNotFound();
  return team;
}
