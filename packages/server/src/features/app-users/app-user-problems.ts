import { defineProblems } from '../../http/problem.ts';

const appUserProblems = defineProblems({
  app_user_not_found: { status: 404, title: 'App user not found' },
});

/** The same words whether the person never was, was erased, is a part of another person, or belongs to another app. */
export function appUserNotFound() {
  return appUserProblems.app_user_not_found('There is no such app user');
}
