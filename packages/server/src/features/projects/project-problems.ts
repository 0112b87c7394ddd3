import { defineProblems } from '../../http/problem.ts';

export const projectProblems = defineProblems({
  project_not_found: { status: 404, title: 'Project not found' },
  project_not_empty: { status: 409, title: 'Project not empty' },
});

/** The same words whether the project never was, is deleted, or belongs to somebody else. */
export function projectNotFound() {
  return projectProblems.project_not_found('There is no such project');
}
