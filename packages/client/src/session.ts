import type { paths, Session } from '@appstead/contract';
import type { Client } from 'openapi-fetch';
import { ProblemError, unwrap } from './problem.ts';

/** How a client gets its tokens: by signing in, when they are first needed and whenever the session is over, or from a session that was kept. */
export type SessionStart = { email: string; password: string } | Session;

/** Told of every new pair of tokens before it is used, so that it can be kept; a pair is of use only until the next one was told. */
export type OnSession = (session: Session) => void | Promise<void>;

/**
 * The access token of the moment, as the `token` of a sender. Given the token that was just refused, it renews the session, once for all
 * calls that wait for it. Rejects with the ProblemError of the renewal (`invalid_refresh_token`, `invalid_sign_in`, …) or with what
 * `onSession` throws.
 */
export function sessionToken(anonymous: Client<paths>, start: SessionStart, onSession?: OnSession): (refused?: string) => Promise<string> {
  const signIn = 'password' in start ? start : undefined;
  let session = signIn ? undefined : (start as Session);
  let renewal: Promise<Session> | undefined;

  async function renewed(): Promise<Session> {
    if (session) {
      const { data, error } = await anonymous.POST('/v1/auth/refresh', { body: { refresh_token: session.refresh_token } });
      if (data) return data.session;
      if (error.status !== 401 || !signIn) throw new ProblemError(error);
    }
    return unwrap(await anonymous.POST('/v1/auth/login', { body: signIn as { email: string; password: string } })).session;
  }

  async function renew(): Promise<Session> {
    try {
      session = await renewed();
      await onSession?.(session);
      renewal = undefined;
      return session;
    } catch (error) {
      // A session that is over stays over; anything else may be better next time.
      if (!(error instanceof ProblemError && error.status === 401)) renewal = undefined;
      throw error;
    }
  }

  return async (refused) => {
    if (session && session.access_token !== refused && !renewal) return session.access_token;
    renewal ??= renew();
    return (await renewal).access_token;
  };
}
