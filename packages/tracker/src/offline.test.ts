import { describe, expect, it } from 'vitest';
import type { TrackerStorage } from './store.ts';
import { drop, startIngestServer } from './testing/ingest-server.ts';
import { manualClock } from './testing/manual-clock.ts';
import { memoryStorage } from './testing/memory-storage.ts';
import { newTracker } from './testing/new-tracker.ts';

/** Nobody listens there. */
const nowhere = { baseUrl: 'http://127.0.0.1:9' };
const queued = (storage: ReturnType<typeof memoryStorage>) => [...storage.entries.keys()].filter((key) => key.includes('.queue.'));

describe('what could not be sent', () => {
  it('survives the end of the page, in order, with its identification, and so does who it is', async () => {
    const storage = memoryStorage();
    const time = manualClock();
    const before = newTracker(nowhere, { storage, time });
    before.tracker.track('seen');
    before.tracker.identify('user_1', { plan: 'pro' });
    before.tracker.track('paid');
    expect(await before.tracker.close()).toBe(3);

    const server = await startIngestServer();
    time.advance(60_000);
    const { tracker } = newTracker(server, { storage, time });
    tracker.track('returned');
    expect(await tracker.flush()).toBe(0);
    expect(server.received.map(({ path }) => path)).toEqual(['/v1/ingest', '/v1/identify', '/v1/ingest']);
    expect(server.events().map(({ name, timestamp }) => `${name} ${timestamp}`)).toEqual([
      'seen 2026-11-28T09:00:00.000Z',
      'paid 2026-11-28T09:00:00.000Z',
      'returned 2026-11-28T09:01:00.000Z',
    ]);
    expect(new Set(server.events().map(({ session_id }) => session_id)).size).toBe(1);
    expect(server.events()[2]).toMatchObject({ user_id: 'user_1' });
    expect(queued(storage)).toEqual([]);
  });

  it('is sent by the next page without waiting for an event of its own', async () => {
    const storage = memoryStorage();
    const time = manualClock();
    const before = newTracker(nowhere, { storage, time });
    before.tracker.track('seen');
    await before.tracker.close();
    const server = await startIngestServer();
    newTracker(server, { storage, time });
    time.advance(5_000);
    await server.hasReceived(1);
    expect(server.names()).toEqual(['seen']);
  });

  it('is kept up to 1,000 events, of which the oldest go first and are reported', async () => {
    const storage = memoryStorage();
    const { tracker, errors } = newTracker(nowhere, { storage });
    for (let n = 0; n < 1_002; n += 1) tracker.track(`e${n}`);
    const full = errors.filter(({ code }) => code === 'queue_full');
    expect(full.flatMap(({ lost }) => lost.map(({ name }) => name))).toEqual(['e0', 'e1']);
    expect(queued(storage)).toHaveLength(1_000);
    expect(await tracker.close()).toBe(1_000);
  });

  it('is kept up to 1 MiB', async () => {
    const storage = memoryStorage();
    const { tracker, errors } = newTracker(nowhere, { storage, flushIntervalMs: 1e9 });
    for (let n = 0; n < 70; n += 1) tracker.track(`e${n}`, { text: 'x'.repeat(16_000) });
    const bytes = queued(storage).reduce((sum, key) => sum + (storage.entries.get(key)?.length ?? 0), 0);
    expect(bytes).toBeLessThanOrEqual(1024 * 1024);
    expect(bytes).toBeGreaterThan(1024 * 1024 - 17_000);
    expect(errors.flatMap(({ lost }) => lost)).toHaveLength(70 - queued(storage).length);
    expect(errors[0]).toMatchObject({ code: 'queue_full', lost: [{ name: 'e0' }] });
  });
});

describe('a storage', () => {
  it('that is full is no reason to lose anything while the page lives', async () => {
    const storage = memoryStorage(1_500);
    const server = await startIngestServer(drop);
    const { tracker, errors } = newTracker(server, { storage });
    for (let n = 0; n < 20; n += 1) tracker.track(`e${n}`);
    await tracker.flush();
    expect(queued(storage).length).toBeLessThan(20);
    expect(await tracker.flush()).toBe(0);
    expect(server.names()).toEqual(Array.from({ length: 20 }, (_, n) => `e${n}`));
    expect(errors).toMatchObject([{ code: 'no_answer', lost: [] }]);
    expect(queued(storage)).toEqual([]);
  });

  it('that became full does not bring back a user who has signed out', async () => {
    const storage = memoryStorage();
    const server = await startIngestServer();
    const { tracker } = newTracker(server, { storage });
    tracker.identify('user_1');
    await tracker.flush();
    storage.resize(0);
    tracker.reset();
    tracker.track('seen');
    await tracker.flush();
    expect(server.events()).toMatchObject([{ anonymous_id: tracker.anonymousId }]);
    expect([...storage.entries.values()].join()).not.toContain('user_1');
  });

  it('that is denied is replaced by memory', async () => {
    const deny = (): never => {
      throw new DOMException('denied', 'SecurityError');
    };
    const storage: TrackerStorage = {
      get length() {
        return deny();
      },
      ...{ key: deny, getItem: deny, setItem: deny, removeItem: deny },
    };
    const server = await startIngestServer(drop);
    const { tracker } = newTracker(server, { storage });
    tracker.track('seen');
    tracker.identify('user_1');
    tracker.track('paid');
    await tracker.flush();
    expect(await tracker.flush()).toBe(0);
    expect(server.events()).toMatchObject([
      { name: 'seen', anonymous_id: tracker.anonymousId },
      { name: 'paid', user_id: 'user_1' },
    ]);
  });

  it('that somebody else has written to does no harm', async () => {
    const storage = memoryStorage();
    const server = await startIngestServer();
    const first = newTracker(server, { storage });
    first.tracker.track('seen');
    await first.tracker.close();
    for (const key of storage.entries.keys()) storage.entries.set(key, '{"broken');
    const prefix = [...storage.entries.keys()][0]?.slice(0, 'appstead.12345678.'.length);
    for (const name of ['queue.a.b.ingest', 'queue.a.c.elsewhere', 'queue', 'queue.', 'page.x'])
      storage.entries.set(prefix + name, '{"broken');
    storage.entries.set(`${prefix}queue.a.d.ingest`, '7');
    const { tracker, errors } = newTracker(server, { storage });
    tracker.track('again');
    expect(await tracker.flush()).toBe(0);
    expect(server.names()).toEqual(['seen', 'again']);
    expect(errors).toEqual([]);
  });
});
