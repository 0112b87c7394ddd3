import type { OnSession, SessionStart } from './session.ts';

/** A key of an organization or an API key, a token, or a session; one of them, because a server refuses two that differ. */
export type Credential =
  | {
      /** An organization key (`apps_…`) or an API key (`apikey_…`), sent as `X-API-Key`. */
      apiKey?: string;
      token?: undefined;
      session?: undefined;
      onSession?: undefined;
    }
  | {
      apiKey?: undefined;
      /**
       * The access token of a session, sent as Bearer. A function is asked before every try, and once more, with the refused token, when the
       * server says that it is not valid (any more).
       */
      token?: string | ((refused?: string) => string | Promise<string>);
      session?: undefined;
      onSession?: undefined;
    }
  | {
      apiKey?: undefined;
      token?: undefined;
      /** E-mail address and password of a person, or the tokens of a session; renewed when the access token is over. */
      session: SessionStart;
      /** Called with every new pair of tokens before it is used. */
      onSession?: OnSession;
    };

/** What of a credential is sent: a key, a token, or whoever has a token. */
export type Secret = { apiKey?: string | undefined; token?: string | ((refused?: string) => string | Promise<string>) | undefined };

/**
 * A function that puts the credential on a request that has none of its own; gives what it put there if it can be asked for another. It runs
 * innermost, on each try, so middleware never sees a secret. Throws a TypeError on a text that cannot be a header: `Headers` would refuse it
 * with a message that quotes it in full.
 */
export function prepareCredential({ apiKey, token }: Secret): (headers: Headers, refused?: string) => Promise<string | undefined> {
  const secret = apiKey ?? token;
  if (typeof secret === 'string') assertSendable(secret);
  return async (headers, refused) => {
    if (secret === undefined || headers.has('X-API-Key') || headers.has('Authorization')) return;
    const text = assertSendable(typeof secret === 'string' ? secret : await secret(refused));
    if (apiKey === undefined) headers.set('Authorization', `Bearer ${text}`);
    else headers.set('X-API-Key', text);
    if (typeof secret !== 'string') return text;
  };
}

function assertSendable(secret: string): string {
  if (!/^[!-~]+$/.test(secret)) throw new TypeError('apiKey and token take visible ASCII only');
  return secret;
}
