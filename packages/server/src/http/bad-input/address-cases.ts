import { type BadCase, get, invalid, refused } from './case.ts';

const nowhere = (path: string, method = 'GET'): BadCase =>
  refused(`nothing is at ${method} ${path.slice(0, 60)}`, 404, 'route_not_found', ({ key }) => ({ path, method, key }));
const noMethod = (method: string, path: string): BadCase =>
  refused(`${path} has no ${method}`, 405, 'method_not_allowed', ({ key }) => ({ path, method, key }));
const badQuery = (query: string, field: string, list = 'apps'): BadCase =>
  invalid(`${list}?${query.slice(0, 60)}`, `query.${field}`, get(`/v1/${list}?${query}`));
const badPath = (id: string): BadCase => invalid(`the app id ${id.slice(0, 60)}`, 'path.app_id', get(`/v1/apps/${id}`));
const withBody = (method: string, path: (appId: string) => string): BadCase =>
  invalid(`a body on ${method} ${path(':app_id')}`, 'body', ({ key, appId }) => ({ path: path(appId), method, key, raw: '{}' }));

const good = '01939f5c-9b20-7d66-8b2a-74d9e2f30415';

export const addressCases: BadCase[] = [
  ...['/', '/v1', '/v1/', '/v2/apps', '/v1/app', '/v1/apps/', `/v1/apps/${good}/`, `/v1/apps/${good}/keys`].map((path) => nowhere(path)),
  ...['/V1/apps', '/v1/Apps', '/v1//apps', '//v1/apps', '/api', '/api/', '/api/api/v1/apps', '/apiv1/apps'].map((path) => nowhere(path)),
  ...[
    '/v1/%61pps',
    '/%76%31/apps',
    '/v1%2Fapps',
    '/v1/apps%3Flimit=1',
    '/__proto__',
    '/constructor',
    '/v1/apps/%ff',
    '/v1/apps/%zz',
    '/v1/apps/%',
  ].map((path) => nowhere(path)),
  nowhere('/v1/apps/restore/x', 'POST'),
  nowhere(`/v1/apps/${'a'.repeat(4000)}`),
  noMethod('DELETE', '/v1/apps'),
  noMethod('PUT', '/v1/apps'),
  noMethod('PATCH', '/v1/apps'),
  noMethod('POST', `/v1/apps/${good}`),
  noMethod('GET', '/v1/auth/signup'),
  noMethod('GET', `/v1/apps/${good}/keys/rotate`),
  noMethod('POST', '/health/live'),
  noMethod('DELETE', '/openapi.yaml'),

  ...['1', 'nope', `${good}0`, good.replaceAll('-', ''), `{${good}}`, `urn:uuid:${good}`, '%20', 'a%2Fb', `${good};x=1`].map(badPath),
  refused('NUL in the path', 400, 'invalid_characters', get('/v1/apps/%00')),
  refused('NUL in the query', 400, 'invalid_characters', get('/v1/apps?search=a%00b')),
  ...['/v1/apps?search=%ff', '/v1/apps?search=%zz', '/v1/apps?search=%c0%af'].map((path) =>
    invalid(`a badly encoded address: ${path}`, 'request', get(path)),
  ),
  invalid('a surrogate in the query', 'request', get('/v1/apps?search=%ed%a0%80')),
  refused('a URL of 9 KB', 414, 'uri_too_long', get(`/v1/apps?search=${'a'.repeat(9000)}`)),
  refused('a URL of 20 KB', 431, 'headers_too_large', get(`/v1/apps?search=${'a'.repeat(20_000)}`)),

  ...['0', '201', '-1', 'abc', '1e1', '0x10', '1.0', '+1', '%201', '', '99999999999999999999', '-0', '٣', 'true', 'null'].map((value) =>
    badQuery(`limit=${encodeURI(value).replace('%2520', '%20')}`, 'limit'),
  ),
  badQuery('limit', 'limit'),
  badQuery('limit=1&limit=2', 'limit'),
  badQuery('limit=1&limit=1', 'limit'),
  badQuery('limit[]=1', 'limit'),
  badQuery('limit=0', 'limit', 'audit-events'),
  ...['x', '__proto__', 'constructor', 'LIMIT', 'toString', 'api_key'].map((name) => badQuery(`${name}=1`, name)),
  badQuery('x=1', 'x', 'audit-events'),
  invalid('an unknown parameter of an operation that has none', 'query.x', get('/health/live?x=1')),
  ...['platform=ios', 'platform=', 'status=deleted', 'environment=prod', 'team_id=1', 'project_id=x', 'search='].map((query) =>
    badQuery(query, query.split('=')[0] ?? ''),
  ),
  badQuery(`search=${'a'.repeat(101)}`, 'search'),
  badQuery('search=a&search=b', 'search'),
  badQuery('platform=web&platform=apple', 'platform'),
  ...['since=yesterday', 'since=2026-11-21', 'since=2026-11-21T00:00:00', 'until=2026-13-01T00:00:00Z', 'since=2026-11-21T25:00:00Z'].map(
    (query) => badQuery(query, query.split('=')[0] ?? '', 'audit-events'),
  ),
  ...['0000-01-01T00:00:00Z', '2026-11-21T00:00:60Z'].map((instant) => badQuery(`since=${instant}`, 'since', 'audit-events')),
  badQuery('action=app', 'action', 'audit-events'),
  badQuery('resource_id=x', 'resource_id', 'audit-events'),

  withBody('DELETE', (appId) => `/v1/apps/${appId}`),
  withBody('POST', (appId) => `/v1/apps/${appId}/restore`),
];
