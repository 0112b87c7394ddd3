import { afterEach, describe, expect, it } from 'vitest';
import { createApp, createAppsUntilGone, listApps, send } from './testing/calls.ts';
import { postgresqlDatabase } from './testing/databases.ts';
import { interruptibleProxy } from './testing/interruptible-proxy.ts';
import { endProcesses, startServer } from './testing/server-process.ts';

afterEach(endProcesses);

const serverUrl = process.env.TEST_DATABASE_URL ?? '';
const write = (name: string) => ({ name, requestId: crypto.randomUUID(), idempotencyKey: crypto.randomUUID() });

describe('a PostgreSQL server that goes away at run time', () => {
  it('is answered with 503 and Retry-After, not with a crash, and the first request after its return succeeds', async () => {
    const database = await postgresqlDatabase(serverUrl);
    const proxy = await interruptibleProxy(database.url);
    const server = await startServer({ ...database.env, DATABASE_URL: proxy.url.href });
    const key = server.key ?? '';
    expect((await createApp(server.url, key, write('before'))).status).toBe(201);

    await proxy.takeAway();
    for (const path of ['/health/ready', '/v1/apps', '/v1/audit-events']) {
      const { status, headers, body } = await send(`${server.url}${path}`, key);
      expect([path, status, body.code, headers.get('retry-after')]).toEqual([path, 503, 'unavailable', '2']);
      expect(JSON.stringify(body)).not.toMatch(/ECONN|127\.0\.0\.1|postgres/i);
    }
    const inDoubt = write('during');
    expect((await createApp(server.url, key, inDoubt)).status).toBe(503);
    expect((await send(`${server.url}/health/live`, undefined)).status).toBe(200);

    await proxy.giveBack();
    expect((await createApp(server.url, key, inDoubt)).status).toBe(201);
    expect((await send(`${server.url}/health/ready`, undefined)).status).toBe(200);
    expect((await listApps(server.url, key)).map(({ name }) => name).sort()).toEqual(['before', 'during']);
    server.kill('SIGTERM');
    expect(await server.ended).toEqual({ code: 0, signal: null });
    await database.remove();
  });

  it('under load costs no acknowledged app, and nothing but 201 and 503 is answered', async () => {
    const database = await postgresqlDatabase(serverUrl);
    const proxy = await interruptibleProxy(database.url);
    const server = await startServer({ ...database.env, DATABASE_URL: proxy.url.href, LOG_LEVEL: 'fatal' });
    const key = server.key ?? '';
    const writes = await createAppsUntilGone(server.url, key, 8, (answered) => {
      if (answered === 40) void proxy.takeAway().then(() => proxy.giveBack());
      if (answered === 200) server.kill('SIGTERM');
    });
    expect(await server.ended).toEqual({ code: 0, signal: null });
    expect(new Set(writes.map(({ status }) => status))).toEqual(new Set([201, 503, undefined]));

    const again = await startServer(database.env);
    const stored = new Set((await listApps(again.url, key)).map(({ name }) => name));
    expect(writes.filter(({ status, name }) => status === 201 && !stored.has(name))).toEqual([]);
    again.kill('SIGTERM');
    await again.ended;
    await database.remove();
  });

  it('does not keep a stop from ending', async () => {
    const database = await postgresqlDatabase(serverUrl);
    const proxy = await interruptibleProxy(database.url);
    const server = await startServer({ ...database.env, DATABASE_URL: proxy.url.href });
    expect((await send(`${server.url}/v1/apps`, server.key)).status).toBe(200);
    await proxy.takeAway();
    server.kill('SIGTERM');
    expect(await server.ended).toEqual({ code: 0, signal: null });
    await database.remove();
  });
});
