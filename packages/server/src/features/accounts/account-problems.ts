import { defineProblems } from '../../http/problem.ts';

export const accountProblems = defineProblems({
  invalid_sign_in: { status: 401, title: 'Invalid sign-in' },
  invalid_refresh_token: { status: 401, title: 'Invalid refresh token' },
  wrong_password: { status: 403, title: 'Wrong password' },
  signup_disabled: { status: 403, title: 'Sign-up disabled' },
  email_taken: { status: 409, title: 'E-mail taken' },
});
