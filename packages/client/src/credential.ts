/** A key of an organization or an API key, or a token; never both, because a server refuses two that differ. */
export type Credential =
  | {
      /** An organization key (`apps_…`) or an API key (`apikey_…`), sent as `X-API-Key`. */
      apiKey?: string;
      token?: undefined;
    }
  | {
      apiKey?: undefined;
      /** The access token of a session, sent as Bearer; a function is asked before every try, so that it can renew an expired one. */
      token?: string | (() => string | Promise<string>);
    };

/**
 * A function that puts the credential on a request that has none of its own. It runs innermost, on each try, so middleware never sees a secret.
 * Throws a TypeError on a text that cannot be a header: `Headers` would refuse it with a message that quotes it in full.
 */
export function prepareCredential({ apiKey, token }: Credential): (headers: Headers) => Promise<void> {
  const secret = apiKey ?? token;
  if (typeof secret === 'string') assertSendable(secret);
  return async (headers) => {
    if (secret === undefined || headers.has('X-API-Key') || headers.has('Authorization')) return;
    const text = assertSendable(typeof secret === 'string' ? secret : await secret());
    if (apiKey === undefined) headers.set('Authorization', `Bearer ${text}`);
    else headers.set('X-API-Key', text);
  };
}

function assertSendable(secret: string): string {
  if (!/^[!-~]+$/.test(secret)) throw new TypeError('apiKey and token take visible ASCII only');
  return secret;
}
