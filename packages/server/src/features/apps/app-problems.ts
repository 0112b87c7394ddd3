import { defineProblems } from '../../http/problem.ts';

export const appProblems = defineProblems({
  app_not_found: { status: 404, title: 'App not found' },
  bundle_id_taken: { status: 409, title: 'Bundle id taken' },
  app_not_deleted: { status: 409, title: 'App not deleted' },
  webhook_url_missing: { status: 409, title: 'Webhook URL missing' },
  app_urls_missing: { status: 409, title: 'App URLs missing' },
});

/** The same words whether the app never was, is deleted, or belongs to somebody else. */
export function appNotFound() {
  return appProblems.app_not_found('There is no such app');
}
