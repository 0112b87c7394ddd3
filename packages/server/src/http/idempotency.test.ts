import type { App } from '@appstead/contract';
import { tableChecksums } from '@appstead/database/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SecretBox } from '../keys/secret-box.ts';
import { type Answer, call, expectProblem } from '../testing/call.ts';
import { newApp } from '../testing/new-app.ts';
import type { TestOrganization } from '../testing/organization.ts';
import { type Harness, startServer } from '../testing/server-harness.ts';
import { keptMs, replayOf } from './idempotency.ts';

let server: Harness;
let organization: TestOrganization;
let key: string;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());
beforeEach(async () => {
  server.state.offsetMs = 0;
  server.state.before.clear();
  organization = await server.newOrganization();
  key = organization.organizationKey;
});

const create = (idempotencyKey: string, body: object = { name: 'Once' }, by = key, path = '/v1/apps'): Promise<Answer> =>
  call(server.url, path, { key: by, body, headers: { 'Idempotency-Key': idempotencyKey } });
const countApps = async () => (await call(server.url, '/v1/apps?limit=200', { key })).body.apps.length;
const countEntries = async () =>
  (await call(server.url, '/v1/audit-events?action=app.created&limit=200', { key })).body.audit_events.length;
const isReplayed = ({ headers }: Answer) => headers.get('idempotent-replayed') === 'true';

describe('Idempotency-Key', () => {
  it('20 equal requests at once have one effect; each other gets 409 or the same answer', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => create('twenty')));
    const made = answers.filter(({ status }) => status === 201);
    const held = answers.filter(({ status }) => status !== 201);
    expect(made.filter((answer) => !isReplayed(answer))).toHaveLength(1);
    for (const answer of made) expect(answer.text).toBe(made[0]?.text);
    for (const answer of held) {
      expectProblem(answer, 409, 'request_in_progress');
      expect(answer.headers.get('retry-after')).toBe('1');
    }
    expect([await countApps(), await countEntries()]).toEqual([1, 1]);
    expect((await create('twenty')).text).toBe(made[0]?.text);
  });

  it('a repeated request gets the first answer again, with the secret, its status and headers, and changes nothing', async () => {
    const first = await create('again');
    expect([first.status, isReplayed(first)]).toEqual([201, false]);
    await call(server.url, `/v1/apps/${first.body.app.id}`, { method: 'PATCH', key, body: { name: 'Renamed since' } });
    const before = await tableChecksums(server.admin);
    const again = await create('again');
    expect([again.status, isReplayed(again), again.text]).toEqual([201, true, first.text]);
    expect(again.body.app.api_secret).toMatch(/^as_[0-9A-Za-z]{33}$/);
    for (const name of ['etag', 'content-type', 'content-length']) expect(again.headers.get(name)).toBe(first.headers.get(name));
    expect(await tableChecksums(server.admin)).toEqual(before);
  });

  it('works for every operation that takes it: restoring, rotating and regenerating happen once', async () => {
    const { id } = await newApp(server.url, key);
    const repeat = async (path: string, by: string, body?: object) => {
      const send = () =>
        call(server.url, path, { method: 'POST', key: by, headers: { 'Idempotency-Key': 'k' }, ...(body ? { body } : {}) });
      const [first, again] = [await send(), await send()];
      expect([path, again.status, isReplayed(again), again.text]).toEqual([path, first.status, true, first.text]);
    };
    await repeat(`/v1/apps/${id}/keys/rotate`, key, { keys: 'both' });
    await call(server.url, `/v1/apps/${id}`, { method: 'DELETE', key });
    await repeat(`/v1/apps/${id}/restore`, key);
    await repeat('/v1/organization/api-key/regenerate', organization.session);
  });

  it('the key is the same in quotes and bare, and the path with and without /api', async () => {
    const first = await create('"quoted-1"');
    expect((await create('quoted-1')).text).toBe(first.text);
    expect((await create('quoted-1', { name: 'Once' }, key, '/api/v1/apps')).text).toBe(first.text);
    expect(await countApps()).toBe(1);
  });

  it('422 idempotency_key_reused for another body or another resource, and nothing happens', async () => {
    await create('reused');
    expectProblem(await create('reused', { name: 'Twice' }), 422, 'idempotency_key_reused');
    expect(await countApps()).toBe(1);
    const [one, two] = [await newApp(server.url, key), await newApp(server.url, key)];
    const rotate = (app: App) => create('rotation', { keys: 'key' }, key, `/v1/apps/${app.id}/keys/rotate`);
    expect((await rotate(one)).status).toBe(200);
    expectProblem(await rotate(two), 422, 'idempotency_key_reused');
  });

  it('a key stands for one effect of one caller: other principals, operations and organizations have their own', async () => {
    const stranger = await server.newOrganization();
    const callers = [
      key,
      organization.session,
      await server.newApiKey(organization.id, { scopes: ['apps:write'] }),
      stranger.organizationKey,
    ];
    const answers: Answer[] = [];
    for (const by of callers) answers.push(await create('shared', { name: 'Mine' }, by));
    expect(answers.map((answer) => [answer.status, isReplayed(answer)])).toEqual(callers.map(() => [201, false]));
    expect(new Set(answers.map(({ body }) => body.app.id)).size).toBe(4);
    const [{ body }] = answers as [Answer];
    expect((await create('shared', { keys: 'both' }, key, `/v1/apps/${body.app.id}/keys/rotate`)).status).toBe(200);
  });

  it('is kept for 24 hours, then the key is free', async () => {
    const first = await create('a-day');
    server.state.offsetMs = keptMs - 60_000;
    expect((await create('a-day')).text).toBe(first.text);
    server.state.offsetMs = keptMs;
    const next = await create('a-day', { name: 'Another' });
    expect([next.status, isReplayed(next), next.body.app.name]).toEqual([201, false, 'Another']);
    expect(isReplayed(await create('a-day', { name: 'Another' }))).toBe(true);
  });

  it('a refusal is not kept: the same key may be used for the corrected request', async () => {
    expectProblem(await create('corrected', { name: '' }), 400, 'invalid_request');
    await newApp(server.url, key, { platform: 'apple', bundle_id: 'com.example.one' });
    expectProblem(await create('corrected', { name: 'x', platform: 'apple', bundle_id: 'com.example.one' }), 409, 'bundle_id_taken');
    expect((await create('corrected')).status).toBe(201);
  });

  it('a fault before the effect keeps nothing: the next try does it', async () => {
    server.state.before.set('createApp', () => {
      throw new Error('the process died');
    });
    expectProblem(await create('fault'), 500, 'internal_error');
    server.state.before.clear();
    const next = await create('fault');
    expect([next.status, isReplayed(next), await countApps()]).toEqual([201, false, 1]);
  });

  it.each(['idempotency_records', 'audit_events'])('when %s cannot be written the effect is undone with it', async (table) => {
    await failWritesTo(table);
    const failed = await create('all-or-nothing');
    await server.admin.query({ text: `DROP TRIGGER refuse ON ${table}` });
    expectProblem(failed, 500, 'internal_error');
    expect([await countApps(), await countEntries()]).toEqual([0, 0]);
    const next = await create('all-or-nothing');
    expect([next.status, isReplayed(next)]).toEqual([201, false]);
  });
});

// PGlite has one process and one session; only a server can have a second one that holds the key.
const onServers = process.env.TEST_DATABASE_URL ? ['409 while another process of the same database runs the same use'] : [];
describe('with several processes', () => {
  it('a running use is held in this process', async () => {
    const { promise: reached, resolve: reach } = withResolvers();
    const { promise: released, resolve: release } = withResolvers();
    server.state.before.set('createApp', async () => {
      reach();
      await released;
    });
    const first = create('running');
    await reached;
    expectProblem(await create('running'), 409, 'request_in_progress');
    release();
    expect((await first).status).toBe(201);
  });

  it.each(onServers)('%s', async () => {
    const use = {
      organizationId: organization.id,
      principalId: organization.ownerId,
      operationId: 'createApp',
      key: 'k',
      fingerprint: '00',
    };
    const box = new SecretBox(Buffer.alloc(32));
    const take = (work: () => Promise<unknown> = async () => undefined) =>
      server.db.transact(organization.id, async (tx) => {
        await replayOf(tx, use, new Date(), box);
        return work();
      });
    await take(() => expect(take()).rejects.toMatchObject({ code: 'request_in_progress', status: 409 }));
    await expect(take()).resolves.toBeUndefined();
  });
});

async function failWritesTo(table: string): Promise<void> {
  await server.admin.query({
    text: `CREATE OR REPLACE FUNCTION refuse_writes() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'refused by a test'; END $$`,
  });
  await server.admin.query({ text: `CREATE TRIGGER refuse BEFORE INSERT ON ${table} FOR EACH ROW EXECUTE FUNCTION refuse_writes()` });
}

function withResolvers(): { promise: Promise<void>; resolve: () => void } {
  let resolve = () => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
