import { type Queryable, tenantSelect } from '@appstead/database';
import type { Position } from '../../paging/page.ts';

export type ProjectRow = {
  id: string;
  team_id: string;
  name: string;
  is_default: boolean;
  version: number;
  created_at: string;
  updated_at: string;
};

const columns =
  'projects.id, projects.team_id, projects.name, projects.is_default, projects.version, projects.created_at, projects.updated_at';

export async function find(db: Queryable, organizationId: string, projectId: string): Promise<ProjectRow | undefined> {
  const text = `SELECT ${columns} FROM projects WHERE projects.organization_id = tenant.id AND projects.id = $2 AND projects.deleted_at IS NULL`;
  return (await db.query<ProjectRow>(tenantSelect(organizationId, { name: 'find_project', text, values: [projectId] }))).rows[0];
}

/** The project, locked until the transaction ends against everything that changes it or adds to it. */
export async function lock(tx: Queryable, organizationId: string, projectId: string): Promise<ProjectRow | undefined> {
  const text = `SELECT ${columns} FROM projects
    WHERE projects.organization_id = $1 AND projects.id = $2 AND projects.deleted_at IS NULL FOR UPDATE`;
  return (await tx.query<ProjectRow>({ name: 'lock_project', text, values: [organizationId, projectId] })).rows[0];
}

/** The project, without an id the default one, which cannot be deleted before the transaction ends. For what is added to it. */
export async function hold(tx: Queryable, organizationId: string, projectId: string | undefined) {
  const text = `SELECT projects.id, projects.team_id FROM projects WHERE projects.organization_id = $1 AND projects.deleted_at IS NULL
    AND CASE WHEN $2::uuid IS NULL THEN projects.is_default ELSE projects.id = $2 END FOR SHARE`;
  const values = [organizationId, projectId ?? null];
  return (await tx.query<{ id: string; team_id: string }>({ name: 'hold_project', text, values })).rows[0];
}

/** In the order they were made, from just after a position. */
export async function list(
  db: Queryable,
  organizationId: string,
  filter: { team_id?: string },
  after: Position | undefined,
  limit: number,
): Promise<ProjectRow[]> {
  const text = `SELECT ${columns} FROM projects
    WHERE projects.organization_id = tenant.id AND projects.deleted_at IS NULL
      AND ($2::uuid IS NULL OR projects.team_id = $2)
      AND ($3::timestamptz IS NULL OR (projects.created_at, projects.id) > ($3, $4::uuid))
    ORDER BY projects.created_at, projects.id LIMIT $5`;
  const values = [filter.team_id ?? null, after?.[0] ?? null, after?.[1] ?? null, limit];
  return (await db.query<ProjectRow>(tenantSelect(organizationId, { name: 'list_projects', text, values }))).rows;
}

export async function insert(tx: Queryable, organizationId: string, project: ProjectRow): Promise<void> {
  const { id, team_id, name, is_default, version, created_at, updated_at } = project;
  await tx.query({
    text: `INSERT INTO projects (organization_id, id, team_id, name, is_default, version, created_at, updated_at)
      VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
    values: [organizationId, id, team_id, name, is_default, version, created_at, updated_at],
  });
}

export async function rename(tx: Queryable, organizationId: string, { id, name, version, updated_at }: ProjectRow): Promise<void> {
  await tx.query({
    text: 'UPDATE projects SET name = $3, version = $4, updated_at = $5 WHERE organization_id = $1 AND id = $2',
    values: [organizationId, id, name, version, updated_at],
  });
}

export async function remove(tx: Queryable, organizationId: string, projectId: string, now: string): Promise<void> {
  await tx.query({
    text: 'UPDATE projects SET deleted_at = $3, updated_at = $3, version = version + 1 WHERE organization_id = $1 AND id = $2',
    values: [organizationId, projectId, now],
  });
}

/** Whether the project has apps, those included that were deleted after an instant. */
export async function hasApps(tx: Queryable, organizationId: string, projectId: string, deletedAfter: string): Promise<boolean> {
  const text = `SELECT FROM apps WHERE organization_id = $1 AND project_id = $2 AND (deleted_at IS NULL OR deleted_at > $3) LIMIT 1`;
  return (await tx.query({ text, values: [organizationId, projectId, deletedAfter] })).rowCount > 0;
}
