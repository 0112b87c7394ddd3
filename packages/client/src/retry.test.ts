import { afterEach, describe, expect, it, vi } from 'vitest';
import { createClient } from './create-client.ts';
import { appCreated, appShown, pageOf } from './testing/answers.ts';
import { manualWait } from './testing/manual-wait.ts';
import { breakOff, drop, problem, reply, replyRaw, startScriptedServer } from './testing/scripted-server.ts';

const app_id = appShown.app.id;
const page = reply(200, pageOf(['one']));
const created = reply(201, appCreated);
const unavailable = reply(503, problem('unavailable', 503));
const body = { email: 'ada@example.com', password: 'correct horse battery staple' };

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

describe('retries', () => {
  it.each([429, 502, 503, 504])('repeats a GET that got %i', async (status) => {
    const { baseUrl, received } = await startScriptedServer(reply(status, problem('unavailable', status)), page);
    const { data } = await createClient({ baseUrl, wait: manualWait().wait }).GET('/v1/apps');
    expect(data?.apps.map(({ name }) => name)).toEqual(['one']);
    expect(received).toHaveLength(2);
  });

  it.each([
    ['a connection that ends without an answer', drop],
    ['an answer that breaks off half-way', breakOff],
    ['a page of a gateway', replyRaw(502, { 'Content-Type': 'text/html' }, '<h1>Bad gateway</h1>')],
  ])('repeats a GET after %s', async (_, step) => {
    const { baseUrl, received } = await startScriptedServer(step, page);
    expect((await createClient({ baseUrl, wait: manualWait().wait }).GET('/v1/apps')).data?.success).toBe(true);
    expect(received).toHaveLength(2);
  });

  it.each([400, 401, 403, 404, 409, 412, 422, 500])('takes %i for final', async (status) => {
    const { baseUrl, received } = await startScriptedServer(reply(status, problem('not_allowed', status)), page);
    expect((await createClient({ baseUrl }).GET('/v1/apps')).response.status).toBe(status);
    expect(received).toHaveLength(1);
  });

  it('gives the last answer back once retries are used up', async () => {
    const { baseUrl, received } = await startScriptedServer(unavailable, unavailable, unavailable, page);
    expect((await createClient({ baseUrl, wait: manualWait().wait }).GET('/v1/apps')).error?.code).toBe('unavailable');
    expect(received).toHaveLength(3);
  });

  it('rejects with a ConnectionError once retries are used up without an answer', async () => {
    const { baseUrl, received } = await startScriptedServer(drop, drop, drop);
    const call = createClient({ baseUrl, wait: manualWait().wait }).GET('/v1/apps');
    await expect(call).rejects.toMatchObject({ name: 'ConnectionError', timedOut: false, message: `GET ${baseUrl} got no answer` });
    expect(received).toHaveLength(3);
  });

  it.each([0, Number.NaN])('sends once when retries is %d', async (retries) => {
    const { baseUrl, received } = await startScriptedServer(unavailable, page);
    await createClient({ baseUrl, retries }).GET('/v1/apps');
    expect(received).toHaveLength(1);
  });

  it('sends the same body and the same Idempotency-Key on every try', async () => {
    const { baseUrl, received } = await startScriptedServer(drop, unavailable, created);
    const { data } = await createClient({ baseUrl, wait: manualWait().wait }).POST('/v1/apps', { body: { name: 'Shop' } });
    expect(data?.app.id).toBe(app_id);
    expect(received.map((request) => request.body)).toEqual(Array(3).fill('{"name":"Shop"}'));
    expect(new Set(received.map(({ headers }) => headers['idempotency-key'])).size).toBe(1);
    expect(received[0]?.headers['idempotency-key']).toMatch(/^\d+(-\d+){3}$/);
  });

  it('waits for the answer of an earlier try that the server still works on', async () => {
    const stillRunning = reply(409, problem('request_in_progress', 409));
    const { baseUrl, received } = await startScriptedServer(drop, stillRunning, created);
    expect((await createClient({ baseUrl, wait: manualWait().wait }).POST('/v1/apps', { body: { name: 'Shop' } })).response.status).toBe(
      201,
    );
    expect(received).toHaveLength(3);
  });

  it('never repeats a POST that declares no Idempotency-Key', async () => {
    const { baseUrl, received } = await startScriptedServer(drop, created);
    await expect(createClient({ baseUrl }).POST('/v1/auth/login', { body })).rejects.toThrow('got no answer');
    expect(received).toHaveLength(1);
  });

  it('never repeats a PATCH without If-Match', async () => {
    const { baseUrl, received } = await startScriptedServer(unavailable, reply(200, appShown));
    await createClient({ baseUrl }).PATCH('/v1/apps/{app_id}', { params: { path: { app_id } }, body: { name: 'Shop' } });
    expect(received).toHaveLength(1);
  });

  it('repeats a PATCH with If-Match, and a DELETE', async () => {
    const { baseUrl, received } = await startScriptedServer(drop, reply(200, appShown), drop, reply(200, { success: true, deleted: true }));
    const client = createClient({ baseUrl, wait: manualWait().wait });
    const params = { path: { app_id }, header: { 'If-Match': '"3"' } };
    expect((await client.PATCH('/v1/apps/{app_id}', { params, body: { name: 'Shop' } })).response.status).toBe(200);
    expect((await client.DELETE('/v1/apps/{app_id}', { params: { path: { app_id } } })).data?.deleted).toBe(true);
    expect(received.map(({ method, headers }) => `${method} ${headers['if-match']}`)).toEqual([
      'PATCH "3"',
      'PATCH "3"',
      'DELETE undefined',
      'DELETE undefined',
    ]);
  });
});

describe('the pause between tries', () => {
  it('is what Retry-After says in seconds', async () => {
    const { baseUrl } = await startScriptedServer(reply(429, problem('rate_limited', 429), { 'Retry-After': '7' }), page);
    const { wait, pausesMs } = manualWait();
    await createClient({ baseUrl, wait }).GET('/v1/apps');
    expect(pausesMs).toEqual([7_000]);
  });

  it('is what Retry-After says as a date', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.parse('2026-11-21T09:00:00Z') });
    const later = reply(503, problem('unavailable', 503), { 'Retry-After': 'Sat, 21 Nov 2026 09:00:12 GMT' });
    const passed = reply(503, problem('unavailable', 503), { 'Retry-After': 'Sat, 21 Nov 2026 08:00:00 GMT' });
    const { baseUrl } = await startScriptedServer(later, passed, page);
    const { wait, pausesMs } = manualWait();
    await createClient({ baseUrl, wait }).GET('/v1/apps');
    expect(pausesMs).toEqual([12_000, 0]);
  });

  it('is never longer than a minute: a later Retry-After makes the answer final', async () => {
    const { baseUrl, received } = await startScriptedServer(reply(429, problem('rate_limited', 429), { 'Retry-After': '61' }), page);
    const { error } = await createClient({ baseUrl }).GET('/v1/apps');
    expect(error?.code).toBe('rate_limited');
    expect(received).toHaveLength(1);
  });

  it('doubles its bound from half a second to eight, with full jitter', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0.5);
    const { baseUrl } = await startScriptedServer(...Array(7).fill(drop));
    const { wait, pausesMs } = manualWait();
    await createClient({ baseUrl, wait, retries: 6 })
      .GET('/v1/apps')
      .catch(() => {});
    expect(pausesMs).toEqual([250, 500, 1_000, 2_000, 4_000, 4_000]);
  });

  it.each(['soon', '-1', '1.5', '5 minutes', 'GMT', ''])('is that of back-off when Retry-After is %j', async (text) => {
    vi.spyOn(Math, 'random').mockReturnValue(0.5);
    const { baseUrl } = await startScriptedServer(reply(503, problem('unavailable', 503), { 'Retry-After': text }), page);
    const { wait, pausesMs } = manualWait();
    await createClient({ baseUrl, wait }).GET('/v1/apps');
    expect(pausesMs).toEqual([250]);
  });
});
