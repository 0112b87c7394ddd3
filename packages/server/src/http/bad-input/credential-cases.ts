import type { ProblemCode } from '@appstead/contract';
import { createKey } from '../../keys/key-format.ts';
import { type BadCase, refused, type Scene } from './case.ts';

type Headers = (scene: Scene) => Record<string, string>;
const list = (name: string, status: number, code: ProblemCode, headers: Headers): BadCase =>
  refused(name, status, code, (scene) => ({ path: '/v1/apps', headers: headers(scene) }));
const wrong = (name: string, headers: Headers): BadCase => list(name, 401, 'invalid_credential', headers);
const missing = (name: string, headers: Headers): BadCase => list(name, 401, 'missing_credential', headers);
const bearer = (credential: string) => ({ Authorization: `Bearer ${credential}` });

const unsigned = ['{"alg":"none","typ":"at+jwt"}', '{"sub":"x","org":"y","sid":"z"}', ''].map((part) =>
  Buffer.from(part).toString('base64url'),
);

/** A key with one character typed wrong. */
const mistyped = (key: string) => key.slice(0, -1) + (key.endsWith('a') ? 'b' : 'a');

export const credentialCases: BadCase[] = [
  missing('no credential', () => ({})),
  missing('an empty key', () => ({ 'X-API-Key': '' })),
  refused('a key in the query string', 401, 'missing_credential', ({ key }) => ({ path: `/v1/apps?api_key=${key}` })),
  wrong('a mistyped key', ({ key }) => ({ 'X-API-Key': mistyped(key) })),
  wrong('a mistyped key as a Bearer token', ({ key }) => bearer(mistyped(key))),
  wrong('a well-formed key that nobody has', () => bearer(createKey('apps'))),
  wrong('a refresh token', () => bearer(createKey('rt'))),
  wrong('a key without its prefix', ({ key }) => ({ 'X-API-Key': key.slice(5) })),
  wrong('a key in another case', ({ key }) => ({ 'X-API-Key': key.toUpperCase() })),
  wrong('Basic authentication', () => ({ Authorization: `Basic ${Buffer.from('a:b').toString('base64')}` })),
  wrong('a scheme alone', () => ({ Authorization: 'Bearer' })),
  wrong('two Bearer tokens', ({ key }) => bearer(`${key} ${key}`)),
  wrong('a Bearer token in quotes', ({ key }) => bearer(`"${key}"`)),
  wrong('a word as a Bearer token', () => bearer('hello')),
  wrong('a token that is not signed', () => bearer(unsigned.join('.'))),
  wrong('a token with a changed signature', ({ session }) => bearer(`${session.slice(0, -8)}AAAAAAAA`)),
  wrong('a token with a part missing', ({ session }) => bearer(session.split('.').slice(0, 2).join('.'))),
  wrong('a credential of 10 KB', () => bearer('a'.repeat(10_000))),
  wrong('an expired API key', ({ apiKeys }) => bearer(apiKeys.expired)),
  wrong('a revoked API key', ({ apiKeys }) => bearer(apiKeys.revoked)),
  list('a disabled API key', 403, 'key_disabled', ({ apiKeys }) => bearer(apiKeys.disabled)),
  list('an app key', 403, 'not_allowed', ({ appKey }) => ({ 'X-API-Key': appKey })),
  list('an app secret', 403, 'not_allowed', ({ appSecret }) => ({ 'X-API-Key': appSecret })),
  list('two different credentials', 400, 'conflicting_credentials', ({ key, session }) => ({ 'X-API-Key': key, ...bearer(session) })),
  list('a good and a bad credential', 400, 'conflicting_credentials', ({ key }) => ({ 'X-API-Key': mistyped(key), ...bearer(key) })),
  list('two keys in one header', 400, 'conflicting_credentials', ({ key, stranger }) => ({ 'X-API-Key': `${key}, ${stranger.key}` })),
  refused('an API key without the scope', 403, 'insufficient_scope', ({ apiKeys }) => ({
    ...{ path: '/v1/apps', key: apiKeys.readOnly, body: { name: 'bad' } },
  })),
  refused('an API key on a deletion', 403, 'not_allowed', ({ apiKeys, appId }) => ({
    ...{ path: `/v1/apps/${appId}`, method: 'DELETE', key: apiKeys.readOnly },
  })),
  refused('the organization key where a person is needed', 403, 'not_allowed', ({ key }) => ({ path: '/v1/organization/api-key', key })),
  refused('a bad credential is told before a bad body', 401, 'invalid_credential', () => ({ path: '/v1/apps', key: 'hello', raw: '{' })),
  refused('a bad credential is told before a bad id', 401, 'missing_credential', () => ({ path: '/v1/apps/nope' })),
];
