import { afterEach, describe, expect, it, vi } from 'vitest';
import { createClient } from './create-client.ts';
import { appCreated, pageOf } from './testing/answers.ts';
import { manualWait } from './testing/manual-wait.ts';
import { drop, hang, reply, stall, startScriptedServer } from './testing/scripted-server.ts';
import { waitOnTimer } from './wait.ts';

const page = reply(200, pageOf(['one']));

describe('the time limit', () => {
  it.each([
    ['says nothing', hang],
    ['stops half-way through its body', stall],
  ])('ends a try whose answer %s', async (_, step) => {
    const { baseUrl, hasReceived } = await startScriptedServer(step);
    const { wait, expire } = manualWait(4_000);
    const call = createClient({ baseUrl, wait, timeoutMs: 4_000, retries: 0 }).GET('/v1/apps');
    const outcome = expect(call).rejects.toMatchObject({ name: 'ConnectionError', timedOut: true, message: `GET ${baseUrl} timed out` });
    await hasReceived(1);
    expire();
    await outcome;
  });

  it('is one of each try: a request that may be repeated is', async () => {
    const { baseUrl, hasReceived, received } = await startScriptedServer(hang, reply(201, appCreated));
    const { wait, expire } = manualWait();
    const call = createClient({ baseUrl, wait }).POST('/v1/apps', { body: { name: 'Shop' } });
    await hasReceived(1);
    expire();
    expect((await call).response.status).toBe(201);
    expect(received[1]?.headers['idempotency-key']).toBe(received[0]?.headers['idempotency-key']);
  });

  it('stops counting with the answer', async () => {
    const { baseUrl } = await startScriptedServer(drop, page);
    const { wait, running } = manualWait();
    await createClient({ baseUrl, wait }).GET('/v1/apps');
    expect(running()).toBe(0);
  });

  it('is real time unless a test says otherwise', async () => {
    const { baseUrl } = await startScriptedServer(hang);
    const call = createClient({ baseUrl, timeoutMs: 20, retries: 0 }).GET('/v1/apps');
    await expect(call).rejects.toMatchObject({ timedOut: true });
  });

  it('is none when infinite', async () => {
    const { baseUrl } = await startScriptedServer(page);
    expect((await createClient({ baseUrl, timeoutMs: Number.POSITIVE_INFINITY, retries: 0 }).GET('/v1/apps')).data?.success).toBe(true);
  });
});

describe('the signal of a call', () => {
  const reason = new Error('the visitor left');

  it.each([2, 0])('ends it in flight, with its own reason and no other try, when retries is %i', async (retries) => {
    const { baseUrl, hasReceived, received } = await startScriptedServer(hang, page);
    const controller = new AbortController();
    const outcome = expect(createClient({ baseUrl, retries }).GET('/v1/apps', { signal: controller.signal })).rejects.toBe(reason);
    await hasReceived(1);
    controller.abort(reason);
    await outcome;
    expect(received).toHaveLength(1);
  });

  it('ends it in the pause between tries', async () => {
    const { baseUrl, received } = await startScriptedServer(drop, page);
    const controller = new AbortController();
    const wait = (delayMs: number, signal: AbortSignal) => {
      if (delayMs !== 30_000) controller.abort(reason);
      return waitOnTimer(60_000, signal);
    };
    await expect(createClient({ baseUrl, wait }).GET('/v1/apps', { signal: controller.signal })).rejects.toBe(reason);
    expect(received).toHaveLength(1);
  });

  it('sends nothing when it is over before', async () => {
    const { baseUrl, received } = await startScriptedServer(page);
    await expect(createClient({ baseUrl }).GET('/v1/apps', { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(received).toEqual([]);
  });
});

describe('waitOnTimer', () => {
  const dayMs = 86_400_000;
  afterEach(() => {
    vi.useRealTimers();
  });

  it('resolves after its delay', async () => {
    vi.useFakeTimers();
    const waiting = waitOnTimer(dayMs, new AbortController().signal);
    await vi.advanceTimersByTimeAsync(dayMs);
    await expect(waiting).resolves.toBeUndefined();
  });

  it('takes an endless delay for a long one, not for one that is over', async () => {
    vi.useFakeTimers();
    const controller = new AbortController();
    const waiting = waitOnTimer(Number.POSITIVE_INFINITY, controller.signal);
    await vi.advanceTimersByTimeAsync(7 * dayMs);
    expect(vi.getTimerCount()).toBe(1);
    controller.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
    expect(vi.getTimerCount()).toBe(0);
  });
});
