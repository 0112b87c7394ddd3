import { readDocument } from '@appstead/contract/document';
import { tableChecksums } from '@appstead/database/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { call, expectProblem } from '../testing/call.ts';
import { type Harness, startServer } from '../testing/server-harness.ts';
import { addressCases } from './bad-input/address-cases.ts';
import { bodyCases } from './bad-input/body-cases.ts';
import type { BadCase, Scene } from './bad-input/case.ts';
import { credentialCases } from './bad-input/credential-cases.ts';
import { fieldCases } from './bad-input/field-cases.ts';
import { stateCases } from './bad-input/state-cases.ts';
import { createKinds, updateKinds, wrongTypeCases } from './bad-input/wrong-types.ts';
import { type IndexedOperation, indexContract } from './contract-index.ts';

const document = readDocument();
const operations = indexContract(document);
// Answered before an operation is known, so none declares them.
const ofNoOperation = new Set([404, 405, 414, 431]);

let server: Harness;
let scene: Scene;
let stored: Record<string, string>;

beforeAll(async () => {
  server = await startServer();
  scene = await setScene(server);
  stored = await checksums();
});
afterAll(() => server.close());
beforeEach(() => server.admin.query({ text: 'DELETE FROM rate_limits' }));

const tables = {
  'bytes and media types': bodyCases,
  'fields of the wrong type': wrongTypeCases,
  'fields with wrong values': fieldCases,
  addresses: addressCases,
  credentials: credentialCases,
  'the state of things': stateCases,
};

describe.each(Object.entries(tables))('bad input is refused with a declared problem and stores nothing: %s', (_, cases) => {
  it.each(cases.map((one) => [one.name, one] as const))('%s', (_name, one) => check(one));
});

it('the fields of createApp and updateApp are all among the cases', () => {
  const fields = (name: string) => Object.keys(document.components.schemas[name]?.properties as object).sort();
  expect(Object.keys(createKinds).sort()).toEqual(fields('AppCreate'));
  expect(Object.keys(updateKinds).sort()).toEqual(fields('AppUpdate'));
});

it('no case was logged as a fault', () => {
  expect(server.log.filter((line) => JSON.parse(line).level >= 50)).toEqual([]);
});

async function check({ request, status, code, at }: BadCase): Promise<void> {
  const { path, ...sent } = request(scene);
  const answer = await call(server.url, path, sent);
  // Each case answers for itself: what one has stored is not held against the next.
  const before = stored;
  stored = await checksums();
  expectProblem(answer, status, code);
  if (at !== undefined) expectPlace(answer.body.errors, at);
  const operation = operationAt(sent.method ?? (sent.body === undefined && sent.raw === undefined ? 'GET' : 'POST'), path);
  if (!ofNoOperation.has(status)) expect(declaredStatuses(operation), `statuses of ${operation?.id}`).toContain(status);
  expect(stored).toEqual(before);
}

/** That the place is named, or one inside of it. */
function expectPlace(errors: { location: string }[], at: string): void {
  const locations = errors.map(({ location }) => location);
  expect(
    locations.some((location) => location === at || location.startsWith(`${at}.`)),
    `${at} among ${locations.join(', ')}`,
  ).toBe(true);
}

function operationAt(method: string, path: string): IndexedOperation | undefined {
  const bare = path.split('?')[0] ?? '';
  return operations.find(
    (one) => one.method === method.toLowerCase() && new RegExp(`^${one.path.replaceAll(/\{[^}]+\}/g, '[^/]+')}$`).test(bare),
  );
}

function declaredStatuses(operation: IndexedOperation | undefined): number[] {
  const responses = operation && document.paths[operation.path]?.[operation.method]?.responses;
  return Object.keys(responses ?? {}).map(Number);
}

/** Of every table but what counts calls and uses of keys, which refused requests do as well. */
async function checksums(): Promise<Record<string, string>> {
  const { rate_limits, keys, ...rest } = await tableChecksums(server.admin);
  const columns = `to_jsonb(keys) - 'last_used_at'`;
  const { rows } = await server.admin.query<{ hash: string }>({
    text: `SELECT md5(string_agg((${columns})::text, '' ORDER BY id)) AS hash FROM keys`,
  });
  return { ...rest, keys: rows[0]?.hash ?? '' };
}

async function setScene(server: Harness): Promise<Scene> {
  const organization = await server.newOrganization();
  const { id: organizationId, organizationKey: key, session, ownerEmail } = organization;
  const usedKey = 'the-first-key';
  const app = (await call(server.url, '/v1/apps', { key, body: { name: 'taken', platform: 'apple', bundle_id: 'com.example.taken' } })).body
    .app;
  await call(server.url, '/v1/apps', { key, body: { name: 'first' }, headers: { 'Idempotency-Key': usedKey } });
  const cursorOf = async (path: string, by: string) => (await call(server.url, path, { key: by })).body.meta.cursor as string;
  const strangerKey = (await server.newOrganization()).organizationKey;
  for (const name of ['one', 'two']) await call(server.url, '/v1/apps', { key: strangerKey, body: { name } });
  return {
    ...{ key, session, ownerEmail, organizationId, usedKey },
    ...{ appId: app.id, appKey: app.api_key, appSecret: app.api_secret },
    cursor: await cursorOf('/v1/apps?limit=1', key),
    auditCursor: await cursorOf('/v1/audit-events?limit=1', key),
    stranger: { key: strangerKey, cursor: await cursorOf('/v1/apps?limit=1', strangerKey) },
    apiKeys: {
      readOnly: await server.newApiKey(organizationId, { scopes: ['apps:read'] }),
      disabled: await server.newApiKey(organizationId, { scopes: ['apps:read'], disabled: true }),
      expired: await server.newApiKey(organizationId, { scopes: ['apps:read'], expiresAt: '2020-01-01T00:00:00.000Z' }),
      revoked: await server.newApiKey(organizationId, { scopes: ['apps:read'], revoked: true }),
    },
  };
}
