import { describe, expect, it } from 'vitest';
import { startIngestServer } from './testing/ingest-server.ts';
import { newTracker } from './testing/new-tracker.ts';

describe('a batch', () => {
  it('waits for the flush interval and then holds what was tracked meanwhile', async () => {
    const server = await startIngestServer();
    const { tracker, time } = newTracker(server);
    tracker.track('first');
    time.advance(4_999);
    tracker.track('second');
    expect(server.received).toHaveLength(0);
    time.advance(1);
    await server.hasReceived(1);
    expect(server.names()).toEqual(['first', 'second']);
  });

  it('is sent at once when it is full, and holds 100 events at most', async () => {
    const server = await startIngestServer();
    const { tracker } = newTracker(server, { batchMax: 1_000 });
    for (let n = 0; n < 99; n += 1) tracker.track(`e${n}`);
    expect(server.received).toHaveLength(0);
    for (let n = 99; n < 250; n += 1) tracker.track(`e${n}`);
    await tracker.flush();
    expect(server.received.map(({ body }) => body.events.length)).toEqual([100, 100, 50]);
    expect(server.names()).toEqual(Array.from({ length: 250 }, (_, n) => `e${n}`));
  });

  it('stays below 1 MiB however large the events are', async () => {
    const server = await startIngestServer();
    const { tracker } = newTracker(server, { flushIntervalMs: 1e9 });
    // Three bytes for each character.
    for (let n = 0; n < 18; n += 1) tracker.track(`e${n}`, { text: '語'.repeat(18_500) });
    await tracker.flush();
    expect(server.received.map(({ body }) => body.events.length)).toEqual([17, 1]);
    expect(Math.max(...server.received.map(({ bytes }) => bytes))).toBeLessThan(1024 * 1024);
    expect(server.names()).toHaveLength(18);
  });

  it('is the only one under way, and what is tracked meanwhile waits for the next interval', async () => {
    const server = await startIngestServer();
    const { tracker, time } = newTracker(server);
    tracker.track('first');
    time.advance(5_000);
    tracker.track('second');
    await server.hasReceived(1);
    await expect.poll(() => time.pausesMs).toEqual([5_000, 5_000]);
    expect(server.received).toHaveLength(1);
    time.advance(5_000);
    await server.hasReceived(2);
    expect(server.received.map(({ body }) => body.events.length)).toEqual([1, 1]);
  });

  it('leaves no timer behind once everything was sent', async () => {
    const server = await startIngestServer();
    const { tracker, time } = newTracker(server);
    tracker.track('first');
    await tracker.flush();
    expect(time.running()).toBe(0);
  });
});

describe('a flush', () => {
  it('resolves at once when nothing waits', async () => {
    const server = await startIngestServer();
    expect(await newTracker(server).tracker.flush()).toBe(0);
    expect(server.received).toHaveLength(0);
  });

  it('during another one also waits for what was tracked in between', async () => {
    const server = await startIngestServer();
    const { tracker } = newTracker(server);
    tracker.track('first');
    const flushed = tracker.flush();
    tracker.track('second');
    expect(await Promise.all([flushed, tracker.flush()])).toEqual([0, 0]);
    expect(server.names()).toEqual(['first', 'second']);
    expect(server.received).toHaveLength(2);
  });
});

describe('close', () => {
  it('sends what waits, leaves no timer, and reports what is tracked afterwards as lost', async () => {
    const server = await startIngestServer();
    const { tracker, time, errors } = newTracker(server);
    tracker.track('before');
    expect(await tracker.close()).toBe(0);
    tracker.track('after');
    tracker.identify('user_1');
    expect(server.names()).toEqual(['before']);
    expect(time.running()).toBe(0);
    expect(errors).toMatchObject([
      { code: 'closed', lost: [{ name: 'after' }] },
      { code: 'closed', lost: [{ user_id: 'user_1' }] },
    ]);
  });
});
