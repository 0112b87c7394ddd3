import type { App } from '@appstead/contract';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { call } from '../../testing/call.ts';
import { newApp } from '../../testing/new-app.ts';
import { type Harness, startServer } from '../../testing/server-harness.ts';

let server: Harness;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());

const newKey = async () => (await server.newOrganization()).organizationKey;

/** The names of the apps of one page. */
async function names(key: string, query = ''): Promise<string[]> {
  const answer = await call(server.url, `/v1/apps?${query}`, { key });
  expect(answer.status, answer.text).toBe(200);
  return answer.body.apps.map(({ name }: App) => name);
}

/** The ids of all pages, one after the other; `between` runs before each next page. */
async function walk(key: string, query: string, between: (seen: string[]) => Promise<void> = async () => {}): Promise<string[]> {
  const seen: string[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const { body } = await call(server.url, `/v1/apps?${query}${cursor && `&cursor=${cursor}`}`, { key });
    seen.push(...body.apps.map(({ id }: App) => id));
    expect(body.meta.has_more).toBe(body.meta.cursor !== null);
    cursor = body.meta.cursor;
    if (cursor) await between(seen);
  }
  return seen;
}

describe('listApps', () => {
  it('200 lists the newest first, each as getApp shows it, without those that are deleted', async () => {
    const key = await newKey();
    expect((await call(server.url, '/v1/apps', { key })).body).toEqual({
      success: true,
      apps: [],
      meta: { has_more: false, cursor: null },
    });
    const made: App[] = [];
    for (const name of ['first', 'second', 'third']) made.push(await newApp(server.url, key, { name }));
    await call(server.url, `/v1/apps/${made[1]?.id}`, { key, method: 'DELETE' });
    const { body } = await call(server.url, '/v1/apps', { key });
    expect(body.apps.map(({ name }: App) => name)).toEqual(['third', 'first']);
    for (const app of body.apps) expect(app).toEqual((await call(server.url, `/v1/apps/${app.id}`, { key })).body.app);
  });

  it('200 with filters lists what fits all of them', async () => {
    const { id: organizationId, organizationKey: key } = await server.newOrganization();
    const [team_id, project_id] = [uuidv7(), uuidv7()];
    await server.admin.query({
      text: `INSERT INTO teams (organization_id, id, name, created_at, updated_at) VALUES ($1, $2, 'Other', now(), now())`,
      values: [organizationId, team_id],
    });
    await server.admin.query({
      text: `INSERT INTO projects (organization_id, id, team_id, name, created_at, updated_at) VALUES ($1, $2, $3, 'Other', now(), now())`,
      values: [organizationId, project_id, team_id],
    });
    await newApp(server.url, key, { name: 'web' });
    await newApp(server.url, key, { name: 'apple', platform: 'apple', bundle_id: 'com.example.a', environment: 'staging' });
    await newApp(server.url, key, { name: 'backend', platform: 'backend', status: 'inactive', environment: 'staging' });
    await newApp(server.url, key, { name: 'elsewhere', project_id, status: 'inactive' });
    expect(await names(key, 'platform=apple')).toEqual(['apple']);
    expect(await names(key, 'status=inactive')).toEqual(['elsewhere', 'backend']);
    expect(await names(key, 'environment=staging')).toEqual(['backend', 'apple']);
    expect(await names(key, `team_id=${team_id}`)).toEqual(['elsewhere']);
    expect(await names(key, `project_id=${project_id.toUpperCase()}`)).toEqual(['elsewhere']);
    expect(await names(key, 'environment=staging&status=inactive')).toEqual(['backend']);
    expect(await names(key, 'environment=staging&status=active&platform=web')).toEqual([]);
    expect(await names(key, `project_id=${uuidv7()}`)).toEqual([]);
  });

  it('200 with search finds text in names and bundle ids, whatever its case, with no character special', async () => {
    const key = await newKey();
    const all = ['100% Shop', 'snake_case', 'back\\slash', "O'Reilly", 'ÄPFEL', 'plain'];
    for (const name of all) await newApp(server.url, key, { name });
    await newApp(server.url, key, { name: 'phone', platform: 'apple', bundle_id: 'com.Example.Phone' });
    const found = (text: string) => names(key, `search=${encodeURIComponent(text)}`);
    expect(await found('%')).toEqual(['100% Shop']);
    expect(await found('_')).toEqual(['snake_case']);
    expect(await found('\\')).toEqual(['back\\slash']);
    expect(await found("o'r")).toEqual(["O'Reilly"]);
    expect(await found('äpf')).toEqual(['ÄPFEL']);
    expect(await found('SHOP')).toEqual(['100% Shop']);
    expect(await found('example.PHONE')).toEqual(['phone']);
    expect(await found('snake%case')).toEqual([]);
    expect(await found('.*')).toEqual([]);
    expect(await found('a')).toEqual(['phone', 'plain', 'back\\slash', 'snake_case']);
  });

  it('pages of any size make up the whole list, each app once, also among apps of the same instant', async () => {
    const { id: organizationId, organizationKey: key } = await server.newOrganization();
    for (let n = 0; n < 11; n++) await newApp(server.url, key, { name: `app ${n}`, platform: n % 2 ? 'web' : 'backend' });
    // Three instants for eleven apps: most pages end between equals.
    const text = `UPDATE apps SET created_at = timestamptz '2026-01-01' + (get_byte(uuid_send(id), 15) % 3) * interval '1 ms' WHERE organization_id = $1`;
    await server.admin.query({ text, values: [organizationId] });
    const whole = await walk(key, 'limit=200');
    expect(new Set(whole).size).toBe(11);
    for (const limit of [1, 2, 3, 10, 11]) expect([limit, await walk(key, `limit=${limit}`)]).toEqual([limit, whole]);
    const filtered = await walk(key, 'platform=web&limit=200');
    expect(await walk(key, 'platform=web&limit=2')).toEqual(filtered);
    expect(filtered).toHaveLength(5);
  });

  it('a walk sees every app that is there all along exactly once, while others come and go between its pages', async () => {
    const key = await newKey();
    const made: string[] = [];
    for (let n = 0; n < 12; n++) made.unshift((await newApp(server.url, key)).id);
    const gone = new Set<string>();
    const seen = await walk(key, 'limit=3', async (sofar) => {
      await newApp(server.url, key, { name: 'came in between' });
      // The last of this page, which the cursor stands on, and one that is still to come.
      for (const id of [sofar.at(-1), made.at(-1 - gone.size)]) {
        if (id === undefined || gone.has(id)) continue;
        await call(server.url, `/v1/apps/${id}`, { key, method: 'DELETE' });
        gone.add(id);
      }
    });
    expect(new Set(seen).size).toBe(seen.length);
    const kept = made.filter((id) => !gone.has(id));
    expect(kept.length).toBeGreaterThan(3);
    expect(seen.filter((id) => kept.includes(id))).toEqual(kept);
  });
});
