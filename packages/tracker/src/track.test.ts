import { describe, expect, it } from 'vitest';
import { createTracker } from './create-tracker.ts';
import { startIngestServer } from './testing/ingest-server.ts';
import { manualClock } from './testing/manual-clock.ts';
import { appKey, newTracker } from './testing/new-tracker.ts';

const uuidV7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

describe('an event', () => {
  it('is sent with an id, the time, the anonymous id and the visit, with the app key and without a cookie', async () => {
    const server = await startIngestServer();
    const { tracker } = newTracker(server, { bundleId: 'com.example.shop', platform: 'web' });
    tracker.track('checkout', { items: 2 }, { revenue: { amount: 1999, currency: 'EUR' }, country: 'DE' });
    expect(await tracker.flush()).toBe(0);
    const [{ method, path, headers, body } = { headers: {} }] = server.received as {
      method?: string;
      path?: string;
      headers: object;
      body?: unknown;
    }[];
    expect({ method, path }).toEqual({ method: 'POST', path: '/v1/ingest' });
    expect(headers).toMatchObject({ 'x-api-key': appKey, 'content-type': 'application/json' });
    expect(headers).not.toHaveProperty('cookie');
    expect(body).toEqual({
      bundle_id: 'com.example.shop',
      events: [
        {
          id: expect.stringMatching(uuidV7),
          name: 'checkout',
          anonymous_id: tracker.anonymousId,
          session_id: expect.stringMatching(uuidV7),
          timestamp: '2026-11-28T09:00:00.000Z',
          platform: 'web',
          properties: { items: 2 },
          revenue: { amount: 1999, currency: 'EUR' },
          country: 'DE',
        },
      ],
    });
    expect(tracker.anonymousId).toMatch(/^anon_[0-9a-f-]{36}$/);
  });

  it('keeps the time at which it was tracked, however late it is sent', async () => {
    const server = await startIngestServer();
    const { tracker, time } = newTracker(server, { flushIntervalMs: 60_000 });
    tracker.track('first');
    time.advance(1_234);
    tracker.track('earlier', {}, { timestamp: new Date('2026-11-27T08:00:00+01:00') });
    time.advance(58_766);
    await tracker.flush();
    expect(server.events().map(({ timestamp }) => timestamp)).toEqual(['2026-11-28T09:00:00.000Z', '2026-11-27T07:00:00.000Z']);
  });

  it('takes an id of the caller, and one of its own when that is missing', async () => {
    const server = await startIngestServer();
    const { tracker } = newTracker(server);
    tracker.track('paid', undefined, { id: '01939f5c-9b20-7d66-8b2a-74d9e2f30415' });
    tracker.track('paid', undefined, { id: undefined });
    await tracker.flush();
    expect(server.events().map(({ id }) => id)).toEqual(['01939f5c-9b20-7d66-8b2a-74d9e2f30415', expect.stringMatching(uuidV7)]);
  });

  it('may be about somebody else or nobody, and is then outside the visit', async () => {
    const server = await startIngestServer();
    const { tracker, storage } = newTracker(server);
    tracker.track('refunded', undefined, { userId: 'user_7' });
    tracker.track('seen', undefined, { anonymousId: 'anon_of_a_page' });
    tracker.track('restarted', undefined, { userId: null });
    await tracker.flush();
    const attributions = server.events().map(({ user_id, anonymous_id, session_id }) => ({ user_id, anonymous_id, session_id }));
    expect(attributions).toEqual([{ user_id: 'user_7' }, { anonymous_id: 'anon_of_a_page' }, {}]);
    expect([...storage.entries.keys()].filter((key) => key.endsWith('.person'))).toEqual([]);
  });

  it.each([
    ['properties that are no JSON', { properties: { big: 1n } }, 'invalid_event'],
    ['a time that is none', { options: { timestamp: 'soon' } }, 'invalid_event'],
    ['more text than the server takes', { properties: { text: 'ß'.repeat(20_000) } }, 'too_large'],
  ])(
    'with %s is reported and takes nothing else with it',
    async (_, { properties, options }: { properties?: object; options?: object }, code) => {
      const server = await startIngestServer();
      const { tracker, errors } = newTracker(server);
      tracker.track('before');
      tracker.track('wrong', properties as Record<string, unknown>, options);
      tracker.track('after');
      await tracker.flush();
      expect(errors).toEqual([{ code, message: expect.any(String), lost: [expect.objectContaining({ name: 'wrong' })] }]);
      expect(server.names()).toEqual(['before', 'after']);
    },
  );
});

describe('ids', () => {
  it('sort as events were tracked, within a millisecond and when the clock is set back', async () => {
    const server = await startIngestServer();
    const { tracker, time } = newTracker(server);
    for (let n = 0; n < 50; n += 1) tracker.track(`e${n}`);
    time.set(Date.parse('2026-11-01T00:00:00Z'));
    for (let n = 50; n < 90; n += 1) tracker.track(`e${n}`);
    await tracker.flush();
    const ids = server.events().map(({ id }) => id);
    expect(ids).toEqual([...ids].sort());
    expect(new Set(ids).size).toBe(90);
    expect(server.names()).toEqual(Array.from({ length: 90 }, (_, n) => `e${n}`));
  });
});

describe('a visit', () => {
  it('goes on while no 30 minutes pass without an event, and ends after them', async () => {
    const server = await startIngestServer();
    const { tracker, time } = newTracker(server, { flushIntervalMs: 1e9 });
    for (const pauseMs of [0, 29 * 60_000, 29 * 60_000, 30 * 60_000, 0]) {
      time.advance(pauseMs);
      tracker.track('seen');
    }
    await tracker.flush();
    const [a, b, c, d, e] = server.events().map(({ session_id }) => session_id);
    expect([b, c]).toEqual([a, a]);
    expect(d).not.toBe(a);
    expect(e).toBe(d);
  });
});

describe('createTracker', () => {
  it.each(['http://appstead.test', 'http://appstead.test/', 'http://appstead.test/api/'])(
    'finds the operations below %s',
    async (baseUrl) => {
      const urls: string[] = [];
      const fetch = (url: string) => {
        urls.push(url);
        return Promise.resolve(Response.json({ success: true, rejected: [] }));
      };
      const { tracker } = newTracker({ baseUrl }, { fetch });
      tracker.track('seen');
      await tracker.flush();
      expect(urls).toEqual([`${baseUrl.replace(/\/$/, '')}/v1/ingest`]);
    },
  );

  it.each<[string, { baseUrl?: string; appKey?: string }]>([
    ['no address', { baseUrl: 'appstead' }],
    ['an address with a query', { baseUrl: 'https://appstead.test/?a=b' }],
    ['a key of an organization', { appKey: 'apps_3bJ9sKq0' }],
    ['no key', { appKey: '' }],
  ])('refuses %s without quoting it', (_, wrong) => {
    const create = () => createTracker({ baseUrl: 'https://appstead.test', appKey, clock: manualClock().clock, ...wrong });
    expect(create).toThrow(TypeError);
    if (wrong.appKey) expect(create).not.toThrow(wrong.appKey);
  });

  it('stores nothing before the first call', () => {
    const { storage, time } = newTracker({ baseUrl: 'https://appstead.test' });
    expect(storage.entries.size).toBe(0);
    expect(time.running()).toBe(0);
  });
});
