/** Loads what signs and verifies access tokens, which no start has to wait for. Called after it, so that the first sign-in has not either. */
export function loadTokens(): Promise<typeof import('jose')> {
  return import('jose');
}
