import { defineProblems } from '../../http/problem.ts';

export const apiKeyProblems = defineProblems({
  scope_exceeds_role: { status: 403, title: 'Scope exceeds role' },
  api_key_not_found: { status: 404, title: 'API key not found' },
  api_key_expired: { status: 409, title: 'API key expired' },
});

/** The same words whether the key never was, is revoked, or is somebody else's. */
export function apiKeyNotFound() {
  return apiKeyProblems.api_key_not_found('There is no such API key');
}
