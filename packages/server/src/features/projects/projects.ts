import type { ProjectCreate } from '@appstead/contract';
import type { Queryable } from '@appstead/database';
import { v7 as uuidv7 } from 'uuid';
import { requireMatch } from '../../http/etag.ts';
import { restorableMs } from '../apps/apps.ts';
import { teamNotFound, teamProblems } from '../teams/team-problems.ts';
import { hold as holdTeam } from '../teams/team-store.ts';
import { projectNotFound, projectProblems } from './project-problems.ts';
import * as store from './project-store.ts';

type Scope = { tx: Queryable; organizationId: string; now: Date };

/** Makes a project in a team, without one in the default team. Throws 404. */
export async function create({ tx, organizationId, now }: Scope, { name, team_id }: ProjectCreate): Promise<store.ProjectRow> {
  const team = await holdTeam(tx, organizationId, team_id);
  if (!team) throw teamNotFound();
  const at = now.toISOString();
  const project = { id: uuidv7(), team_id: team.id, name, is_default: false, version: 1, created_at: at, updated_at: at };
  await store.insert(tx, organizationId, project);
  return project;
}

/** Throws 404 or 412. */
export async function rename({ tx, organizationId, now }: Scope, projectId: string, name: string, ifMatch: string | undefined) {
  const before = await lockExisting(tx, organizationId, projectId);
  requireMatch(ifMatch, before.version);
  const after = { ...before, name, version: before.version + 1, updated_at: now.toISOString() };
  await store.rename(tx, organizationId, after);
  return { before, after };
}

/** Throws 404, 412, or 409 for the default project and for one that has apps, also deleted ones that could be restored into it. */
export async function remove({ tx, organizationId, now }: Scope, projectId: string, ifMatch: string | undefined) {
  const project = await lockExisting(tx, organizationId, projectId);
  requireMatch(ifMatch, project.version);
  if (project.is_default) {
    throw teamProblems.default_kept('The default project cannot be deleted', { currentState: 'default', legalMoves: ['updateProject'] });
  }
  if (await store.hasApps(tx, organizationId, projectId, new Date(now.getTime() - restorableMs).toISOString())) {
    throw projectProblems.project_not_empty('The project has apps, or apps that were deleted less than 7 days ago', {
      currentState: 'has apps',
      legalMoves: ['updateProject', 'deleteApp'],
    });
  }
  await store.remove(tx, organizationId, projectId, now.toISOString());
  return project;
}

async function lockExisting(tx: Queryable, organizationId: string, projectId: string): Promise<store.ProjectRow> {
  const project = await store.lock(tx, organizationId, projectId);
  if (!project) throw projectNotFound();
  return project;
}
