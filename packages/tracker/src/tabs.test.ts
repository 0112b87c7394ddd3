import { describe, expect, it } from 'vitest';
import { startIngestServer } from './testing/ingest-server.ts';
import { manualClock } from './testing/manual-clock.ts';
import { memoryStorage } from './testing/memory-storage.ts';
import { newTracker } from './testing/new-tracker.ts';

/** Two pages of one site, over one storage and one clock. */
async function openTabs() {
  const [storage, time] = [memoryStorage(), manualClock()];
  const server = await startIngestServer();
  const open = () => newTracker(server, { storage, time, flushIntervalMs: 1e9 }).tracker;
  return { storage, time, server, open };
}

describe('several tabs', () => {
  it('are the same person in the same visit', async () => {
    const { server, open } = await openTabs();
    const [a, b] = [open(), open()];
    a.track('in a');
    b.track('in b');
    a.identify('user_1');
    b.track('in b later');
    await a.flush();
    await b.flush();
    const [first, second, third] = server.events();
    expect(second.anonymous_id).toBe(first.anonymous_id);
    expect(new Set([first.session_id, second.session_id, third.session_id]).size).toBe(1);
    expect(third).toMatchObject({ name: 'in b later', user_id: 'user_1' });
  });

  it('each send what they tracked, and nothing twice', async () => {
    const { server, storage, open } = await openTabs();
    const [a, b] = [open(), open()];
    a.track('in a');
    b.track('in b');
    expect(await b.flush()).toBe(0);
    expect(server.names()).toEqual(['in b']);
    expect(await a.flush()).toBe(0);
    expect(server.received.map(({ body }) => body.events.length)).toEqual([1, 1]);
    expect([...storage.entries.keys()].filter((key) => key.includes('.queue.'))).toEqual([]);
  });

  it('take over what a tab has left that ended without a word, five minutes later', async () => {
    const { server, time, open } = await openTabs();
    open().track('in a tab that crashed');
    const b = open();
    b.track('in b');
    await b.flush();
    expect(server.names()).toEqual(['in b']);
    time.advance(5 * 60_000 + 1);
    await b.flush();
    expect(server.names()).toEqual(['in b', 'in a tab that crashed']);
  });

  it('look for what others have left while they have nothing of their own to send', async () => {
    const { server, time, storage, open } = await openTabs();
    open().track('in a tab that crashed');
    const b = newTracker(server, { storage, time }).tracker;
    for (let minute = 0; minute < 5; minute += 1) time.advance(60_000);
    await server.hasReceived(1);
    await b.flush();
    expect(server.names()).toEqual(['in a tab that crashed']);
    expect([...storage.entries.keys()].filter((key) => key.includes('.queue.'))).toEqual([]);
  });

  it('send what they track in time while they look for what others have left', async () => {
    const { server, time, storage, open } = await openTabs();
    open().track('in another tab');
    const { tracker } = newTracker(server, { storage, time });
    tracker.track('in b');
    time.advance(5_000);
    await server.hasReceived(1);
    await tracker.flush();
    expect(server.names()).toEqual(['in b']);
    await tracker.close();
    expect(time.running()).toBe(1);
  });

  it('take over at once what a tab has left that was closed', async () => {
    const { server, storage, time, open } = await openTabs();
    const closed = newTracker({ baseUrl: 'http://127.0.0.1:9' }, { storage, time }).tracker;
    closed.track('in a');
    expect(await closed.close()).toBe(1);
    expect(await open().flush()).toBe(0);
    expect(server.names()).toEqual(['in a']);
  });

  it('lose nothing and keep nothing when a tab that was believed gone goes on', async () => {
    const { server, storage, time, open } = await openTabs();
    const sleeper = open();
    sleeper.track('before sleep');
    time.advance(6 * 60_000);
    expect(await open().flush()).toBe(0);
    sleeper.track('after sleep');
    expect(await sleeper.flush()).toBe(0);
    expect(server.names()).toEqual(['before sleep', 'after sleep']);
    expect([...storage.entries.keys()].filter((key) => key.includes('.queue.'))).toEqual([]);
  });

  it('do not wait for the lease of a tab whose clock was set back since', async () => {
    const { server, time, open } = await openTabs();
    open().track('in a tab that crashed');
    time.set(Date.parse('2026-11-01T00:00:00Z'));
    expect(await open().flush()).toBe(0);
    expect(server.names()).toEqual(['in a tab that crashed']);
  });

  it('of different apps on one site leave each other alone', async () => {
    const { server, storage, time, open } = await openTabs();
    const other = newTracker(server, { storage, time, appKey: 'ak_anotherApp' }).tracker;
    other.track('of the other');
    time.advance(3_600_000);
    const one = open();
    one.track('of one');
    await one.flush();
    expect(server.received.at(-1)?.headers['x-api-key']).not.toBe('ak_anotherApp');
    expect(server.received.at(-1)?.body.events.map(({ name }: { name: string }) => name)).toEqual(['of one']);
    expect(one.anonymousId).not.toBe(other.anonymousId);
  });
});
