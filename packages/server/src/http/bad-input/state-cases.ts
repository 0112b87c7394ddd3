import { hash } from 'node:crypto';
import { type BadCase, create, get, invalid, refused, type Scene, update } from './case.ts';

const gone = '01939f5c-9b20-7d66-8b2a-74d9e2f30415';

const withIdempotencyKey =
  (key: (scene: Scene) => string, body: object): BadCase['request'] =>
  (scene) => ({
    ...{ path: '/v1/apps', key: scene.key, body, headers: { 'Idempotency-Key': key(scene) } },
  });
const badIdempotencyKey = (name: string, key: string): BadCase =>
  invalid(
    `an Idempotency-Key ${name}`,
    'header.idempotency-key',
    withIdempotencyKey(() => key, { name: 'bad' }),
  );
const stale = (name: string, ifMatch: string): BadCase =>
  refused(`If-Match: ${name}`, 412, 'precondition_failed', (scene) => ({
    ...update({ name: 'bad' })(scene),
    headers: { 'If-Match': ifMatch },
  }));
const badCursor = (name: string, path: (scene: Scene) => string): BadCase => ({
  ...{ name: `a cursor ${name}`, status: 400, code: 'invalid_cursor', at: 'query.cursor' },
  request: (scene) => get(path(scene))(scene),
});

/** A cursor with any position, made by someone who has read how cursors are made. */
const forged = ({ organizationId }: Scene, ...position: unknown[]) => {
  const filters = ['listApps', organizationId, null, null, null, null, null, null];
  const digest = hash('sha256', JSON.stringify(filters)).slice(0, 16);
  return Buffer.from(JSON.stringify([...position, digest])).toString('base64url');
};
const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

const person = { organization_name: 'Bad', name: 'Bad', email: 'bad@example.com', password: 'long enough to be good' };
const auth =
  (path: string, body: object): BadCase['request'] =>
  () => ({ path: `/v1/auth/${path}`, body });
const rotate =
  (body: object): BadCase['request'] =>
  ({ key, appId }) => ({ path: `/v1/apps/${appId}/keys/rotate`, key, body });
const organizationKey =
  (body: object): BadCase['request'] =>
  ({ session }) => ({
    ...{ path: '/v1/organization/api-key', method: 'PATCH', key: session, body },
  });

export const stateCases: BadCase[] = [
  refused('a bundle id that is taken', 409, 'bundle_id_taken', create({ platform: 'apple', bundle_id: 'com.example.taken' })),
  refused(
    'a bundle id that is taken in another case',
    409,
    'bundle_id_taken',
    create({ platform: 'apple', bundle_id: 'COM.Example.Taken' }),
  ),
  refused('restoring what is not deleted', 409, 'app_not_deleted', ({ key, appId }) => ({
    path: `/v1/apps/${appId}/restore`,
    key,
    method: 'POST',
  })),
  refused('an app that is not there', 404, 'app_not_found', get(`/v1/apps/${gone}`)),
  stale('an old version', '"0"'),
  stale('a weak validator', 'W/"1"'),
  stale('no quotes', '1'),
  stale('a list without the version', '"2", "3"'),
  stale('the version as part of another', '"11"'),
  refused('If-Match on a deletion: an old version', 412, 'precondition_failed', ({ key, appId }) => ({
    ...{ path: `/v1/apps/${appId}`, method: 'DELETE', key, headers: { 'If-Match': '"7"' } },
  })),

  refused(
    'a reused Idempotency-Key',
    422,
    'idempotency_key_reused',
    withIdempotencyKey(({ usedKey }) => usedKey, { name: 'second' }),
  ),
  refused(
    'a reused Idempotency-Key in quotes',
    422,
    'idempotency_key_reused',
    withIdempotencyKey(({ usedKey }) => `"${usedKey}"`, { name: 'second' }),
  ),
  badIdempotencyKey('with a space', 'a b'),
  badIdempotencyKey('with one quote', '"abc'),
  badIdempotencyKey('of quotes only', '""'),
  badIdempotencyKey('with a quote inside', 'a"b'),
  badIdempotencyKey('of 256 characters', 'a'.repeat(256)),
  badIdempotencyKey('outside ASCII', 'caf\u00e9'),
  badIdempotencyKey('with a tab', 'a\tb'),

  badCursor('of garbage', () => '/v1/apps?cursor=AAAA'),
  badCursor('that is no array', () => `/v1/apps?cursor=${encoded({ a: 1 })}`),
  badCursor('that is null', () => `/v1/apps?cursor=${encoded(null)}`),
  badCursor('of other types', () => `/v1/apps?cursor=${encoded([1, 2, 3])}`),
  badCursor('of another list', ({ auditCursor }) => `/v1/apps?cursor=${auditCursor}`),
  badCursor('of another list, the other way', ({ cursor }) => `/v1/audit-events?cursor=${cursor}`),
  badCursor('of another organization', ({ stranger }) => `/v1/apps?cursor=${stranger.cursor}`),
  badCursor('of other filters', ({ cursor }) => `/v1/apps?platform=apple&cursor=${cursor}`),
  badCursor('cut off', ({ cursor }) => `/v1/apps?cursor=${cursor.slice(0, -4)}`),
  badCursor('with an instant that no calendar has', (scene) => `/v1/apps?cursor=${forged(scene, '2026-02-30T00:00:00.000Z', gone)}`),
  badCursor('with the year 0', (scene) => `/v1/apps?cursor=${forged(scene, '0000-01-01T00:00:00.000Z', gone)}`),
  badCursor('with the hour 24', (scene) => `/v1/apps?cursor=${forged(scene, '2026-01-01T24:00:00.000Z', gone)}`),
  badCursor('with an id that is none', (scene) => `/v1/apps?cursor=${forged(scene, '2026-01-01T00:00:00.000Z', `${gone}' OR true`)}`),
  invalid('a cursor of 2,000 characters', 'query.cursor', get(`/v1/apps?cursor=${'a'.repeat(2000)}`)),
  invalid('a cursor with other letters', 'query.cursor', get('/v1/apps?cursor=a%3Db')),

  invalid('signUp: a short password', 'body.password', auth('signup', { ...person, password: 'short' })),
  invalid('signUp: a password of 201 characters', 'body.password', auth('signup', { ...person, password: 'x'.repeat(201) })),
  invalid('signUp: a blank organization', 'body.organization_name', auth('signup', { ...person, organization_name: '  ' })),
  invalid('signUp: a role of one\u2019s own choice', 'body.role', auth('signup', { ...person, role: 'owner' })),
  ...['', 'a', 'a@', '@a.com', 'a b@example.com', 'a@b@example.com', `${'a'.repeat(250)}@example.com`, 7, null, ['a@example.com']].map(
    (email) =>
      invalid(`signUp: the e-mail address ${JSON.stringify(email).slice(0, 40)}`, 'body.email', auth('signup', { ...person, email })),
  ),
  refused('signUp: an address that is taken, in another case', 409, 'email_taken', ({ ownerEmail }) =>
    auth('signup', { ...person, email: ownerEmail.toUpperCase() })({} as Scene),
  ),
  invalid('signIn: no password', 'body.password', auth('login', { email: person.email })),
  invalid('signIn: a password that is an object', 'body.password', auth('login', { email: person.email, password: { $ne: null } })),
  invalid('signIn: another field', 'body.remember', auth('login', { email: person.email, password: 'x', remember: true })),
  refused('signIn: nobody', 401, 'invalid_sign_in', auth('login', { email: 'nobody@example.com', password: 'x' })),
  invalid('refreshSession: an empty token', 'body.refresh_token', auth('refresh', { refresh_token: '' })),
  refused('refreshSession: a token that is none', 401, 'invalid_refresh_token', auth('refresh', { refresh_token: 'hello' })),
  invalid('signOut: no token', 'body.refresh_token', auth('logout', {})),

  invalid('rotateAppKeys: no choice', 'body.keys', rotate({})),
  invalid('rotateAppKeys: a choice outside the list', 'body.keys', rotate({ keys: 'all' })),
  ...[-1, 169, 1.5, '24', null, true].map((hours) =>
    invalid(
      `rotateAppKeys: ${JSON.stringify(hours)} hours of overlap`,
      'body.overlap_hours',
      rotate({ keys: 'both', overlap_hours: hours }),
    ),
  ),
  invalid('updateOrganizationKey: nothing', 'body.enabled', organizationKey({})),
  invalid('updateOrganizationKey: a text', 'body.enabled', organizationKey({ enabled: 'false' })),
  invalid('updateOrganizationKey: the key itself', 'body.key', organizationKey({ enabled: true, key: 'apps_mine' })),
];
