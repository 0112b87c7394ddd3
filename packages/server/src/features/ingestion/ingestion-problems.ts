import { defineProblems } from '../../http/problem.ts';

export const ingestionProblems = defineProblems({
  app_inactive: { status: 403, title: 'App inactive' },
  origin_not_authorized: { status: 403, title: 'Origin not authorized' },
  bundle_id_mismatch: { status: 403, title: 'Bundle id mismatch' },
  anonymous_id_claimed: { status: 409, title: 'Anonymous id claimed' },
});
