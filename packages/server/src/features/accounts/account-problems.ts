import { defineProblems } from '../../http/problem.ts';

export const accountProblems = defineProblems({
  invalid_sign_in: { status: 401, title: 'Invalid sign-in' },
  invalid_refresh_token: { status: 401, title: 'Invalid refresh token' },
  wrong_password: { status: 403, title: 'Wrong password' },
  signup_disabled: { status: 403, title: 'Sign-up disabled' },
  email_taken: { status: 409, title: 'E-mail taken' },
});

/** 401 with its challenge, in the same words for every reason. */
export function invalidRefreshToken() {
  return accountProblems.invalid_refresh_token('The refresh token is not valid', {
    headers: { 'WWW-Authenticate': 'Bearer realm="appstead"' },
  });
}
