import { afterEach, describe, expect, it, vi } from 'vitest';
import { fakePage } from './testing/fake-page.ts';
import { hang, refuse, startIngestServer } from './testing/ingest-server.ts';
import { manualClock } from './testing/manual-clock.ts';
import { memoryStorage } from './testing/memory-storage.ts';
import { newTracker } from './testing/new-tracker.ts';

afterEach(() => {
  vi.unstubAllGlobals();
});

/** Notes for every request whether it may outlive its page. */
function watchedFetch() {
  const keepalive: unknown[] = [];
  const fetch = (url: string, init: RequestInit) => {
    keepalive.push(init.keepalive);
    return globalThis.fetch(url, init);
  };
  return { fetch, keepalive };
}

describe('a page that is hidden', () => {
  it('sends what waits at once, in requests that outlive it, side by side', async () => {
    const page = fakePage();
    const server = await startIngestServer(hang, hang, hang);
    const { fetch, keepalive } = watchedFetch();
    const { tracker } = newTracker(server, { fetch });
    tracker.track('seen');
    tracker.identify('user_1');
    tracker.track('paid');
    page.hide();
    await server.hasReceived(3);
    expect(server.received.map(({ path }) => path).sort()).toEqual(['/v1/identify', '/v1/ingest', '/v1/ingest']);
    expect(keepalive).toEqual([true, true, true]);
  });

  it('sends no more than may outlive it, all requests together, and keeps the rest', async () => {
    const page = fakePage();
    const server = await startIngestServer();
    const { fetch, keepalive } = watchedFetch();
    const { tracker, storage } = newTracker(server, { fetch });
    for (let n = 0; n < 10; n += 1) tracker.track(`e${n}`, { text: 'x'.repeat(10_000) });
    page.hide();
    page.leave();
    await server.hasReceived(1);
    expect(server.received).toHaveLength(1);
    expect(server.received[0]?.bytes).toBeGreaterThan(40_000);
    expect(server.received[0]?.bytes).toBeLessThan(64 * 1024);
    expect(keepalive).toEqual([true]);
    expect([...storage.entries.keys()].filter((key) => key.includes('.queue.')).length).toBeGreaterThanOrEqual(5);
  });

  it('counts what is under way already, and sends what does not fit as an ordinary request', async () => {
    const page = fakePage();
    const server = await startIngestServer(hang, hang);
    const { fetch, keepalive } = watchedFetch();
    const { tracker } = newTracker(server, { fetch });
    for (let n = 0; n < 7; n += 1) tracker.track(`e${n}`, { text: 'x'.repeat(10_000) });
    void tracker.flush();
    await server.hasReceived(1);
    tracker.track('late');
    page.hide();
    await server.hasReceived(2);
    expect(keepalive).toEqual([false, true]);
    expect(server.received[1]?.body.events).toHaveLength(1);
  });

  it('goes on when it is seen again: nothing is sent twice, and nothing is left', async () => {
    const page = fakePage();
    const server = await startIngestServer();
    const { tracker } = newTracker(server);
    tracker.track('seen');
    page.hide();
    tracker.track('in the background');
    await expect.poll(() => tracker.flush()).toBe(0);
    expect(server.received.map(({ body }) => body.events.map(({ name }: { name: string }) => name))).toEqual([
      ['seen'],
      ['in the background'],
    ]);
  });

  it('tries again later what did not arrive', async () => {
    const page = fakePage();
    const server = await startIngestServer(refuse(503, 'unavailable'));
    const { tracker, time, errors } = newTracker(server, { flushIntervalMs: 1e9 });
    tracker.track('seen');
    page.hide();
    await expect.poll(() => errors).toMatchObject([{ code: 'unavailable' }]);
    await expect.poll(() => time.pausesMs.length).toBe(2);
    time.advance(1_000);
    await server.hasReceived(2);
    expect(server.names()).toEqual(['seen']);
  });

  it('keeps a pause that the server has asked for', async () => {
    const page = fakePage();
    const server = await startIngestServer(refuse(429, 'rate_limited', { 'Retry-After': '60' }));
    const { tracker } = newTracker(server);
    tracker.track('seen');
    await tracker.flush();
    page.hide();
    page.goOnline();
    page.leave();
    expect(await tracker.flush()).toBe(1);
    expect(server.received).toHaveLength(1);
  });
});

describe('a page that goes away', () => {
  it('leaves what it could not see answered to the next one, whose sending the server recognises', async () => {
    const page = fakePage();
    const [storage, time] = [memoryStorage(), manualClock()];
    const server = await startIngestServer(hang);
    newTracker(server, { storage, time }).tracker.track('seen');
    page.leave();
    await server.hasReceived(1);
    const next = newTracker(server, { storage, time });
    expect(await next.tracker.flush()).toBe(0);
    expect(server.received[1]?.body).toEqual(server.received[0]?.body);
  });

  it('goes on when the browser brings it back from its cache', async () => {
    const page = fakePage();
    const server = await startIngestServer(hang);
    const { tracker, time } = newTracker(server);
    tracker.track('seen');
    page.leave();
    await server.hasReceived(1);
    tracker.track('back');
    page.show();
    expect(server.received).toHaveLength(1);
    page.comeBack();
    await server.hasReceived(2);
    time.advance(30_000);
    await expect.poll(() => tracker.flush()).toBe(0);
    expect(server.names()).toEqual(expect.arrayContaining(['back', 'seen']));
  });
});

describe('the network coming back', () => {
  it('ends the pause between tries', async () => {
    const page = fakePage();
    const server = await startIngestServer((response) => response.destroy());
    const { tracker } = newTracker(server, { flushIntervalMs: 1e9 });
    tracker.track('seen');
    await tracker.flush();
    page.goOnline();
    await server.hasReceived(2);
    expect(server.names()).toEqual(['seen']);
  });
});

describe('a closed tracker', () => {
  it('no longer listens to the page', async () => {
    const page = fakePage();
    const server = await startIngestServer((response) => response.destroy());
    const { tracker } = newTracker(server);
    tracker.track('seen');
    expect(await tracker.close()).toBe(1);
    page.hide();
    page.goOnline();
    page.comeBack();
    page.leave();
    expect(server.received).toHaveLength(1);
  });
});

describe('without a storage of its own', () => {
  it('a page uses localStorage', async () => {
    const localStorage = memoryStorage();
    fakePage(localStorage);
    const { tracker } = newTracker({ baseUrl: 'http://127.0.0.1:9' }, { storage: undefined });
    tracker.track('seen');
    expect([...localStorage.entries.keys()].map((key) => key.split('.')[2]).sort()).toEqual(['page', 'person', 'queue', 'visit']);
    await tracker.close();
  });

  it('a page whose localStorage is denied, and a process without a page, use memory', async () => {
    const server = await startIngestServer();
    const denied = vi.fn(() => {
      throw new DOMException('denied', 'SecurityError');
    });
    for (const onPage of [true, false]) {
      if (onPage) fakePage();
      else vi.unstubAllGlobals();
      Object.defineProperty(globalThis, 'localStorage', { get: denied, configurable: true });
      const { tracker } = newTracker(server, { storage: undefined });
      tracker.track('seen');
      expect(await tracker.flush()).toBe(0);
    }
    Reflect.deleteProperty(globalThis, 'localStorage');
    expect(server.names()).toEqual(['seen', 'seen']);
    // On the page only: Node.js would warn.
    expect(denied).toHaveBeenCalledOnce();
  });
});
