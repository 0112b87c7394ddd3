import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { call, expectProblem } from '../../testing/call.ts';
import { type Harness, startServer } from '../../testing/server-harness.ts';

let server: Harness;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());

const dayMs = 24 * 60 * 60 * 1000;
const review = async (key: string) => (await call(server.url, '/v1/access-review', { key })).body.findings;
const daysAgo = (days: number) => new Date(Date.now() - days * dayMs).toISOString();

async function newKey(key: string, name: string, more: object = {}): Promise<{ id: string; key: string }> {
  const body = { name, scopes: ['apps:read'], expires_in_days: 365, ...more };
  return (await call(server.url, '/v1/api-keys', { key, body })).body.api_key;
}

const setMade = (id: string, at: string) =>
  server.admin.query({ text: 'UPDATE api_keys SET created_at = $2 WHERE id = $1', values: [id, at] });
const setUsed = (id: string, at: string) =>
  server.admin.query({ text: 'UPDATE keys SET last_used_at = $2 WHERE api_key_id = $1', values: [id, at] });

describe('getAccessReview', () => {
  it('finds keys unused for 90 days, and those never used that are older than that', async () => {
    const { session } = await server.newOrganization();
    const names = ['new', 'old and never used', 'old and used', 'used long ago'];
    const [, never, used, longAgo] = (await Promise.all(names.map((name) => newKey(session, name)))).map(({ id }) => id) as [
      string,
      string,
      string,
      string,
    ];
    for (const id of [never, used, longAgo]) await setMade(id, daysAgo(91));
    await setUsed(used, daysAgo(89));
    await setUsed(longAgo, daysAgo(91));
    const findings = await review(session);
    expect(findings.map(({ name, reasons }: { name: string; reasons: string[] }) => [name, reasons]).sort()).toEqual([
      ['old and never used', ['unused']],
      ['used long ago', ['unused']],
    ]);
  });

  it('finds keys without an end, with more than their creator may, and of people who left', async () => {
    const { id, session } = await server.newOrganization();
    const [demoted, gone] = [await server.newUser(id, 'admin'), await server.newUser(id, 'admin')];
    const endless = await newKey(session, 'endless', { expires_in_days: undefined });
    const beyond = await newKey(demoted.session, 'beyond', { scopes: ['apps:read', 'apps:write'] });
    const left = await newKey(gone.session, 'left');
    expect((await review(session)).map(({ name }: { name: string }) => name)).toEqual(['endless']);
    await call(server.url, `/v1/members/${demoted.id}`, { key: session, method: 'PATCH', body: { role: 'member' } });
    await server.admin.query({ text: 'UPDATE users SET removed_at = now() WHERE id = $1', values: [gone.id] });
    expect(await review(session)).toEqual([
      { api_key_id: endless.id, name: 'endless', key: `apikey_…${endless.key.slice(-4)}`, reasons: ['endless'] },
      { api_key_id: beyond.id, name: 'beyond', key: `apikey_…${beyond.key.slice(-4)}`, reasons: ['exceeds_creator'] },
      { api_key_id: left.id, name: 'left', key: `apikey_…${left.key.slice(-4)}`, reasons: ['creator_left'] },
    ]);
  });

  it('leaves out what has ended, and what belongs to others', async () => {
    const { session } = await server.newOrganization();
    const [expired, revoked] = [await newKey(session, 'expired'), await newKey(session, 'revoked', { expires_in_days: undefined })];
    await newKey((await server.newOrganization()).session, 'theirs', { expires_in_days: undefined });
    await setMade(expired.id, daysAgo(400));
    await server.admin.query({ text: 'UPDATE api_keys SET expires_at = now() WHERE id = $1', values: [expired.id] });
    await call(server.url, `/v1/api-keys/${revoked.id}`, { key: session, method: 'DELETE' });
    expect(await review(session)).toEqual([]);
  });

  it('403 insufficient_role for members', async () => {
    const { id } = await server.newOrganization();
    expectProblem(
      await call(server.url, '/v1/access-review', { key: (await server.newUser(id, 'member')).session }),
      403,
      'insufficient_role',
    );
  });
});
