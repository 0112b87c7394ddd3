import type { User } from '@appstead/contract';
import { type AppsteadClient, type ClientOptions, createClient } from './create-client.ts';
import type { Credential } from './credential.ts';
import { unwrap } from './problem.ts';
import type { OnSession } from './session.ts';

export type SignInOptions = Omit<ClientOptions, keyof Credential> & { email: string; password: string; onSession?: OnSession };

/**
 * Signs a person in, and gives who they are and a client that acts for them until the session is over. It keeps the tokens and not the
 * password; `onSession` is told of the first pair and of every next one. Throws a ProblemError (`invalid_sign_in`, `rate_limited`, …).
 */
export async function signIn({ email, password, onSession, ...options }: SignInOptions): Promise<{ user: User; client: AppsteadClient }> {
  const { user, session } = unwrap(await createClient(options).POST('/v1/auth/login', { body: { email, password } }));
  await onSession?.(session);
  return { user, client: createClient({ ...options, session, ...(onSession && { onSession }) }) };
}
