import { afterEach, describe, expect, it, vi } from 'vitest';
import { drop, hang, refuse, reply, replyPage, type Step, startIngestServer } from './testing/ingest-server.ts';
import { manualClock } from './testing/manual-clock.ts';
import { newTracker } from './testing/new-tracker.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

describe('a batch that got no answer for good', () => {
  it.each<[string, Step, object]>([
    ['a lost connection', drop, { code: 'no_answer', status: undefined }],
    ['408', refuse(408, 'request_timeout'), { code: 'request_timeout', status: 408 }],
    ['429', refuse(429, 'rate_limited'), { code: 'rate_limited', status: 429 }],
    ['500', refuse(500, 'internal_error'), { code: 'internal_error', status: 500 }],
    ['503', refuse(503, 'unavailable'), { code: 'unavailable', status: 503 }],
    ['a page of a gateway', replyPage(502), { code: 'http_502', status: 502 }],
    ['the sign-in page of a network, which answers 200', replyPage(200), { code: 'no_answer', status: undefined }],
    ['JSON of another service', reply(200, { ok: true }), { code: 'no_answer', status: undefined }],
    ['a redirect', (response) => response.writeHead(301, { Location: '/elsewhere' }).end(), { code: 'no_answer', status: undefined }],
  ])('is sent again after %s, with the same ids and times', async (_, step, error) => {
    vi.spyOn(Math, 'random').mockReturnValue(0);
    const server = await startIngestServer(step);
    const { tracker, time, errors } = newTracker(server);
    tracker.track('first');
    tracker.track('second');
    expect(await tracker.flush()).toBe(2);
    expect(errors).toEqual([{ message: expect.any(String), lost: [], retryInMs: 500, ...error }]);
    time.advance(500);
    expect(await tracker.flush()).toBe(0);
    expect(server.received).toHaveLength(2);
    expect(server.received[1]?.body).toEqual(server.received[0]?.body);
    expect(server.names()).toEqual(['first', 'second']);
  });

  it('is sent again when the server says nothing for 30 seconds', async () => {
    const server = await startIngestServer(hang);
    const { tracker, time, errors } = newTracker(server);
    tracker.track('first');
    const flushed = tracker.flush();
    await server.hasReceived(1);
    time.advance(30_000);
    expect(await flushed).toBe(1);
    expect(errors).toMatchObject([{ code: 'no_answer', message: expect.stringContaining('AbortError') }]);
    expect(await tracker.flush()).toBe(0);
  });

  it('is recognised by the server when it had arrived all the same', async () => {
    const server = await startIngestServer();
    let answers = 0;
    const fetch = async (url: string, init: RequestInit) => {
      const response = await globalThis.fetch(url, init);
      if (answers++ === 0) throw new TypeError('the answer got lost');
      expect(await response.clone().json()).toMatchObject({ accepted: 0, duplicates: 1 });
      return response;
    };
    const { tracker } = newTracker(server, { fetch });
    tracker.track('paid');
    await tracker.flush();
    expect(await tracker.flush()).toBe(0);
    expect(server.events()).toHaveLength(1);
  });

  it('holds what was tracked later back, so that the order stays', async () => {
    const server = await startIngestServer(refuse(503, 'unavailable'));
    const { tracker, time } = newTracker(server, { batchMax: 1 });
    tracker.track('first');
    await expect.poll(() => time.pausesMs.length).toBe(1);
    tracker.track('second');
    expect(server.received).toHaveLength(1);
    time.advance(1_000);
    await tracker.flush();
    expect(server.names()).toEqual(['first', 'second']);
  });
});

describe('the pause between tries', () => {
  const pausesOf = async (...script: Step[]) => {
    const server = await startIngestServer(...script);
    const { tracker, time } = newTracker(server, { flushIntervalMs: 1e9 });
    tracker.track('first');
    for (let n = 0; n < script.length; n += 1) {
      await tracker.flush();
      const ms = time.pausesMs.at(-1) ?? 0;
      if (n + 1 < script.length) time.advance(ms);
    }
    return time.pausesMs.slice(1);
  };

  it('doubles from a second to two minutes, half of it at random', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0.5);
    expect(await pausesOf(...Array(9).fill(drop))).toEqual([750, 1_500, 3_000, 6_000, 12_000, 24_000, 48_000, 90_000, 90_000]);
  });

  it.each([
    ['7', 7_000],
    ['Sat, 28 Nov 2026 09:00:12 GMT', 12_000],
    ['Sat, 28 Nov 2026 08:00:00 GMT', 0],
    ['86400', 3_600_000],
    ['-5', 0],
    ['soon', 0],
  ])('is longer by Retry-After: %s', async (text, askedMs) => {
    vi.spyOn(Math, 'random').mockReturnValue(1);
    expect(await pausesOf(refuse(429, 'rate_limited', { 'Retry-After': text }))).toEqual([askedMs + 1_000]);
  });

  it('is kept when the server has asked for it, whatever the app and the page do', async () => {
    const server = await startIngestServer(refuse(503, 'unavailable', { 'Retry-After': '60' }));
    const { tracker, time } = newTracker(server, { batchMax: 2 });
    tracker.track('first');
    await tracker.flush();
    tracker.track('second');
    tracker.track('third');
    expect(await tracker.flush()).toBe(3);
    time.advance(59_999);
    expect(server.received).toHaveLength(1);
    time.advance((time.pausesMs.at(-1) ?? 0) - 59_999);
    expect(await tracker.flush()).toBe(0);
  });
});

describe('a batch that is refused', () => {
  it.each([400, 401, 403, 404, 409, 413, 422])(
    'with %i is reported as lost and not sent again, and the next one is sent',
    async (status) => {
      const server = await startIngestServer(refuse(status, 'origin_not_authorized'));
      const { tracker, errors } = newTracker(server, { batchMax: 2 });
      for (const name of ['first', 'second', 'third']) tracker.track(name);
      expect(await tracker.flush()).toBe(0);
      expect(errors).toEqual([
        {
          code: 'origin_not_authorized',
          message: 'because of origin_not_authorized',
          status,
          lost: [expect.objectContaining({ name: 'first' }), expect.objectContaining({ name: 'second' })],
        },
      ]);
      expect(server.names()).toEqual(['third']);
    },
  );

  it.each([
    ['a page', replyPage(403)],
    ['an empty body', (response: Parameters<Step>[0]) => response.writeHead(403).end()],
    ['null', (response: Parameters<Step>[0]) => response.writeHead(403, { 'Content-Type': 'application/json' }).end('null')],
  ])('by a gateway, with %s, is reported as lost, too', async (_, step) => {
    const server = await startIngestServer(step);
    const { tracker, errors } = newTracker(server);
    tracker.track('first');
    expect(await tracker.flush()).toBe(0);
    expect(errors).toMatchObject([{ code: 'http_403', message: 'HTTP 403', status: 403, lost: [{ name: 'first' }] }]);
  });
});

describe('events that the server rejects', () => {
  it('are reported one by one with its message, and the others are there', async () => {
    const rejected = [
      { index: 1, message: 'name must be 1-100 characters' },
      { index: 2, message: 'timestamp lies more than 30 days back' },
    ];
    const server = await startIngestServer(reply(200, { success: true, accepted: 1, duplicates: 0, rejected }));
    const { tracker, errors } = newTracker(server);
    tracker.track('good');
    tracker.track('');
    tracker.track('old', undefined, { timestamp: '2020-01-01' });
    expect(await tracker.flush()).toBe(0);
    expect(errors).toEqual([
      { code: 'event_rejected', message: 'name must be 1-100 characters', status: 200, lost: [expect.objectContaining({ name: '' })] },
      {
        code: 'event_rejected',
        message: 'timestamp lies more than 30 days back',
        status: 200,
        lost: [expect.objectContaining({ name: 'old' })],
      },
    ]);
  });
});

describe('onError', () => {
  it('cannot end the sending by throwing', async () => {
    const shown = vi.spyOn(console, 'error').mockReturnValue();
    const server = await startIngestServer(refuse(400, 'invalid_request'));
    const onError = () => {
      throw new Error('of the app');
    };
    const { tracker } = newTracker(server, { onError, batchMax: 1 });
    tracker.track('first');
    tracker.track('second');
    expect(await tracker.flush()).toBe(0);
    expect(server.names()).toEqual(['second']);
    expect(shown).toHaveBeenCalledOnce();
  });

  it('when missing is a warning on the console about what is lost, and silence about what is tried again', async () => {
    const shown = vi.spyOn(console, 'warn').mockReturnValue();
    const server = await startIngestServer(drop, refuse(403, 'app_inactive'));
    const { tracker } = newTracker(server, { onError: undefined, time: manualClock() });
    tracker.track('first');
    await tracker.flush();
    expect(shown).not.toHaveBeenCalled();
    await tracker.flush();
    expect(shown.mock.calls).toEqual([['appstead: app_inactive: because of app_inactive', [expect.objectContaining({ name: 'first' })]]]);
  });
});
