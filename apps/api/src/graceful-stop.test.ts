import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createAppsUntilGone, listApps, send } from './testing/calls.ts';
import { databases, type EmptyDatabase } from './testing/databases.ts';
import { endProcesses, startServer } from './testing/server-process.ts';
import { beginRequest, createAppText } from './testing/slow-request.ts';

const stopping = /"msg":"stopping/;
const readinessText = 'GET /health/ready HTTP/1.1\r\nHost: test\r\n\r\n';

describe.each(databases)('a stop on $engine', ({ create }) => {
  let database: EmptyDatabase;
  let key = '';
  beforeAll(async () => {
    database = await create();
    const first = await startServer(database.env);
    key = first.key ?? '';
    first.kill('SIGTERM');
    await first.ended;
  });
  afterEach(endProcesses);
  afterAll(() => database.remove());

  it('under load answers every request it accepted, keeps what it acknowledged, and ends with 0', async () => {
    const { url, kill, ended, lines } = await startServer(database.env);
    const writes = await createAppsUntilGone(url, key, 12, (answered) => {
      if (answered === 60) kill('SIGTERM');
    });
    expect(await ended).toEqual({ code: 0, signal: null });
    const accepted = new Set(lines.map((line) => /"requestId":"([^"]+)".*"operation":"createApp"/.exec(line)?.[1]).filter(Boolean));
    const unanswered = writes.filter(({ status, requestId }) => status === undefined && accepted.has(requestId));
    expect(unanswered).toEqual([]);
    const acknowledged = writes.filter(({ status }) => status === 201);
    expect(acknowledged.length).toBeGreaterThanOrEqual(60);
    expect(new Set(writes.map(({ status }) => status))).toEqual(new Set([201, undefined]));

    const again = await startServer(database.env);
    const stored = new Set((await listApps(again.url, key)).map(({ name }) => name));
    expect(writes.filter(({ name, status }) => stored.has(name) !== (status === 201))).toEqual([]);
  });

  it('finishes a request whose body is still on its way, says 503 to readiness, and takes no new connection', async () => {
    const { url, kill, ended, line } = await startServer(database.env);
    const upload = await beginRequest(url, createAppText(key, 'on its way'), 5);
    const readiness = await beginRequest(url, readinessText, 2);
    // The server has read what the two have sent once it answers somebody who came later.
    expect((await send(`${url}/health/ready`, undefined)).status).toBe(200);
    kill('SIGTERM');
    await line(stopping);
    const ready = await readiness.finish();
    expect(ready).toMatch(/^HTTP\/1\.1 503 /);
    expect(ready).toMatch(/\r\nConnection: close\r\n/i);
    await expect(send(`${url}/health/live`, undefined)).rejects.toThrow();
    expect(await upload.finish()).toMatch(/^HTTP\/1\.1 201 /);
    expect(await ended).toEqual({ code: 0, signal: null });
  });

  it('closes the database in time and ends with 0, though the receiver of a webhook does not answer', async () => {
    const { url, kill, ended } = await startServer({ ...database.env, EGRESS_ALLOW: '127.0.0.1:*' });
    const receiver = createServer();
    const isCalled = once(receiver, 'request');
    await once(receiver.listen(0, '127.0.0.1'), 'listening');
    const webhook_url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`;
    const fields = { name: 'hooked', webhook_url, webhook_enabled: true };
    const { app } = (await send(`${url}/v1/apps`, key, { method: 'POST', body: JSON.stringify(fields) })).body;
    const sent = await send(`${url}/v1/ingest`, app.api_key, { method: 'POST', body: '{"events":[{"name":"opened"}]}' });
    expect(sent.body.accepted).toBe(1);
    await isCalled;
    kill('SIGTERM');
    expect(await ended).toEqual({ code: 0, signal: null });
    receiver.closeAllConnections();
    receiver.close();
  }, 40_000);

  it('takes connections for STOP_DELAY_SECONDS more, while readiness says 503, so that balancers notice', async () => {
    const { url, kill, ended, line } = await startServer({ ...database.env, STOP_DELAY_SECONDS: '3' });
    kill('SIGTERM');
    await line(stopping);
    const ready = await send(`${url}/health/ready`, undefined);
    expect([ready.status, ready.headers.get('retry-after')]).toEqual([503, '2']);
    expect((await send(`${url}/health/live`, undefined)).status).toBe(200);
    expect((await send(`${url}/v1/apps`, key)).status).toBe(200);
    expect(await ended).toEqual({ code: 0, signal: null });
  });

  it('cuts off what still runs after STOP_TIMEOUT_SECONDS, and ends with 1', async () => {
    const { url, kill, ended, line } = await startServer({ ...database.env, STOP_TIMEOUT_SECONDS: '1' });
    const upload = await beginRequest(url, createAppText(key, 'never'), 5);
    await send(`${url}/health/ready`, undefined);
    kill('SIGTERM');
    await line(/"msg":"requests still ran after 1 s and were cut off"/);
    expect(await upload.closed).toBe('');
    expect(await ended).toEqual({ code: 1, signal: null });
  });

  it('ends at once, with 1, when it is told a second time', async () => {
    const { url, kill, ended, line, lines } = await startServer({ ...database.env, STOP_TIMEOUT_SECONDS: '300' });
    await beginRequest(url, createAppText(key, 'never'), 5);
    await send(`${url}/health/ready`, undefined);
    kill('SIGTERM');
    await line(stopping);
    // Signals in the first half second count as the same press, so they are repeated until they count.
    const repeat = setInterval(() => kill('SIGTERM'), 50);
    const end = await ended;
    clearInterval(repeat);
    expect(end).toEqual({ code: 1, signal: null });
    expect(lines.join()).not.toContain('"msg":"stopped"');
  });

  it('takes one Ctrl-C that arrives twice, from the terminal and from npm, for one', async () => {
    const { kill, ended } = await startServer(database.env);
    kill('SIGINT');
    kill('SIGINT');
    expect(await ended).toEqual({ code: 0, signal: null });
  });
});
