import type { Project } from '@appstead/contract';
import { type Context, type Handlers, tenantOf } from '../../http/context.ts';
import { etagOf } from '../../http/etag.ts';
import { pageOf, readCursor } from '../../paging/page.ts';
import { projectNotFound } from './project-problems.ts';
import * as store from './project-store.ts';
import * as projects from './projects.ts';

type ProjectOperation = 'listProjects' | 'createProject' | 'getProject' | 'updateProject' | 'deleteProject';

export function projectHandlers(): Handlers<ProjectOperation> {
  return {
    async listProjects({ query }, context) {
      const { organizationId } = tenantOf(context);
      const { limit = 50, cursor, team_id } = query;
      const filters = ['listProjects', organizationId, team_id];
      const rows = await store.list(context.db, organizationId, { team_id }, readCursor(cursor, filters), limit + 1);
      const { page, meta } = pageOf(rows, limit, filters, (row) => [row.created_at, row.id]);
      return { status: 200, body: { success: true, projects: page.map(toProject), meta } };
    },

    async createProject({ body }, context) {
      const project = await projects.create(scopeOf(context), body);
      return {
        status: 201,
        headers: { ETag: etagOf(project.version) },
        body: { success: true, project: toProject(project) },
        audit: { resourceId: project.id, after: toProject(project) },
      };
    },

    async getProject({ path }, context) {
      const project = await store.find(context.db, tenantOf(context).organizationId, path.project_id);
      if (!project) throw projectNotFound();
      return { status: 200, headers: { ETag: etagOf(project.version) }, body: { success: true, project: toProject(project) } };
    },

    async updateProject({ path, header, body }, context) {
      const { before, after } = await projects.rename(scopeOf(context), path.project_id, body.name, header['If-Match']);
      return {
        status: 200,
        headers: { ETag: etagOf(after.version) },
        body: { success: true, project: toProject(after) },
        audit: { resourceId: after.id, before: toProject(before), after: toProject(after) },
      };
    },

    async deleteProject({ path, header }, context) {
      const project = await projects.remove(scopeOf(context), path.project_id, header['If-Match']);
      return { status: 200, body: { success: true, deleted: true }, audit: { resourceId: project.id, before: toProject(project) } };
    },
  };
}

function scopeOf(context: Context) {
  return { tx: context.db, organizationId: tenantOf(context).organizationId, now: context.now };
}

function toProject({ version: _, ...project }: store.ProjectRow): Project {
  return project;
}
