import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { call, expectProblem } from '../../testing/call.ts';
import { newApp, statusOfAppKey } from '../../testing/new-app.ts';
import { type Harness, startServer } from '../../testing/server-harness.ts';

const hourMs = 3_600_000;
let server: Harness;
let key: string;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());
beforeEach(async () => {
  server.state.offsetMs = 0;
  key = (await server.newOrganization()).organizationKey;
});

const rotate = (id: string, body: object) => call(server.url, `/v1/apps/${id}/keys/rotate`, { key, body });
const read = async (id: string) => (await call(server.url, `/v1/apps/${id}`, { key })).body.app;

/** Which of these keys still work. */
async function live(...keys: string[]): Promise<boolean[]> {
  const statuses = await Promise.all(keys.map((each) => statusOfAppKey(server.url, each)));
  expect(statuses.every((status) => status === 403 || status === 401)).toBe(true);
  return statuses.map((status) => status === 403);
}

describe('rotateAppKeys', () => {
  it('200 makes a new key and a new secret, shows the secret in full only then, and changes nothing else', async () => {
    const app = await newApp(server.url, key, { name: 'Rotated' });
    const rotated = await rotate(app.id, { keys: 'both' });
    expect(rotated.status).toBe(200);
    expect(rotated.headers.get('etag')).toBe('"2"');
    const { api_key, api_secret } = rotated.body.app;
    expect(new Set([api_key, app.api_key, api_secret, app.api_secret]).size).toBe(4);
    expect([api_key, api_secret]).toEqual([expect.stringMatching(/^ak_[0-9A-Za-z]{33}$/), expect.stringMatching(/^as_[0-9A-Za-z]{33}$/)]);
    expect(rotated.body.app).toEqual({ ...app, api_key, api_secret, updated_at: rotated.body.app.updated_at });
    expect(await read(app.id)).toEqual({ ...rotated.body.app, api_secret: `as_…${api_secret.slice(-4)}` });
  });

  it('old and new keys work side by side until overlap_ends_at, then only the new, although the old was used just before', async () => {
    const app = await newApp(server.url, key);
    const { body } = await rotate(app.id, { keys: 'both' });
    expect(Math.abs(Date.parse(body.overlap_ends_at) - Date.now() - 24 * hourMs)).toBeLessThan(60_000);
    const all = [app.api_key, app.api_secret, body.app.api_key, body.app.api_secret];
    expect(await live(...all)).toEqual([true, true, true, true]);
    server.state.offsetMs = Date.parse(body.overlap_ends_at) - Date.now() - 4_000;
    expect(await live(...all)).toEqual([true, true, true, true]);
    server.state.offsetMs = Date.parse(body.overlap_ends_at) - Date.now();
    expect(await live(...all)).toEqual([false, false, true, true]);
  });

  it('200 rotates only what is asked for', async () => {
    const app = await newApp(server.url, key);
    const keyOnly = (await rotate(app.id, { keys: 'key', overlap_hours: 0 })).body.app;
    expect(keyOnly.api_secret).toBe(`as_…${app.api_secret.slice(-4)}`);
    expect(await live(app.api_key, keyOnly.api_key, app.api_secret)).toEqual([false, true, true]);
    const secretOnly = (await rotate(app.id, { keys: 'secret', overlap_hours: 0 })).body.app;
    expect(secretOnly.api_key).toBe(keyOnly.api_key);
    expect(await live(keyOnly.api_key, app.api_secret, secretOnly.api_secret)).toEqual([true, false, true]);
  });

  it('409 rotation_in_progress for a second rotation in the overlap, so that no more than two of a kind ever work', async () => {
    const app = await newApp(server.url, key);
    const first = (await rotate(app.id, { keys: 'key', overlap_hours: 2 })).body;
    const before = await read(app.id);
    for (const keys of ['key', 'both']) {
      const refused = await rotate(app.id, { keys, overlap_hours: 2 });
      expectProblem(refused, 409, 'rotation_in_progress');
      expect(refused.body).toMatchObject({ current_state: 'overlapping', legal_moves: [expect.stringContaining('rotateAppKeys')] });
    }
    expect(await read(app.id)).toEqual(before);
    // The secret has no overlap yet.
    expect((await rotate(app.id, { keys: 'secret', overlap_hours: 2 })).status).toBe(200);
    server.state.offsetMs = Date.parse(first.overlap_ends_at) - Date.now();
    expect((await rotate(app.id, { keys: 'key', overlap_hours: 2 })).status).toBe(200);
  });

  it('overlap_hours 0 ends every older key at once, also those of an overlap', async () => {
    const app = await newApp(server.url, key);
    const second = (await rotate(app.id, { keys: 'both', overlap_hours: 168 })).body.app;
    expect(await live(app.api_key, second.api_key, app.api_secret, second.api_secret)).toEqual([true, true, true, true]);
    const third = (await rotate(app.id, { keys: 'both', overlap_hours: 0 })).body;
    expect(await live(app.api_key, second.api_key, app.api_secret, second.api_secret)).toEqual([false, false, false, false]);
    expect(await live(third.app.api_key, third.app.api_secret)).toEqual([true, true]);
    expect(Date.parse(third.overlap_ends_at)).toBeLessThanOrEqual(Date.now());
  });

  it('of five rotations at once one is done and the others get 409', async () => {
    const app = await newApp(server.url, key);
    const answers = await Promise.all(Array.from({ length: 5 }, () => rotate(app.id, { keys: 'both' })));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409, 409]);
    const won = answers.find(({ status }) => status === 200)?.body.app;
    expect((await read(app.id)).api_key).toBe(won.api_key);
    expect(await live(app.api_key, won.api_key, app.api_secret, won.api_secret)).toEqual([true, true, true, true]);
  });

  it('rotations of key and secret and a change at once each answer with the app as it is then', async () => {
    const app = await newApp(server.url, key);
    for (let round = 0; round < 8; round++) {
      const [rotated, other, changed] = await Promise.all([
        rotate(app.id, { keys: 'key', overlap_hours: 0 }),
        rotate(app.id, { keys: 'secret', overlap_hours: 0 }),
        call(server.url, `/v1/apps/${app.id}`, { key, method: 'PATCH', body: { name: `round ${round}` } }),
      ]);
      const rotatedAt = Number(rotated.headers.get('etag')?.slice(1, -1));
      for (const answer of [other, changed]) {
        const isLater = Number(answer.headers.get('etag')?.slice(1, -1)) > rotatedAt;
        expect(answer.body.app.api_key === rotated.body.app.api_key, `round ${round}`).toBe(isLater);
      }
    }
  });

  it('leaves one audit entry that says which keys changed and not what they are', async () => {
    const app = await newApp(server.url, key);
    const rotated = (await rotate(app.id, { keys: 'both' })).body.app;
    const { body } = await call(server.url, `/v1/audit-events?resource_id=${app.id}&action=app.keys_rotated`, { key });
    expect(body.audit_events.map(({ changes }: { changes: object }) => changes)).toEqual([
      { api_key: { before: '[redacted]', after: '[redacted]' }, api_secret: { before: '[redacted]', after: '[redacted]' } },
    ]);
    for (const secret of [app.api_key, rotated.api_key, rotated.api_secret]) expect(JSON.stringify(body)).not.toContain(secret);
  });
});
