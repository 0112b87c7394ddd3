import type { Database } from '@appstead/database';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { EventRow } from './event-store.ts';
import { streamText } from './event-stream.ts';
import { Subscription, waitingBytesMax, waitingMax } from './subscription.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }));
afterEach(() => void vi.useRealTimers());

const row = { id: '0197a000-0000-7000-8000-00000000000a', received_at: '2026-11-28T10:00:00.000Z', name: 'opened' } as EventRow;

function newStream(recheck: () => Promise<void> = async () => undefined) {
  const closed = vi.fn();
  const subscription = new Subscription(closed);
  const parts = { db: {} as Database, organizationId: '', appId: '', subscription, after: undefined, filters: [], recheck };
  const iterator = streamText(parts)[Symbol.asyncIterator]();
  return { closed, subscription, iterator };
}

describe('the text of a stream', () => {
  it('begins with a comment, and has another every 15 seconds while nothing happens', async () => {
    const { iterator } = newStream();
    expect((await iterator.next()).value).toBe(': connected\n\n');
    let beats = 0;
    const reading = (async () => {
      for (;;) {
        const { done, value } = await iterator.next();
        if (done) return;
        expect(value).toBe(': heartbeat\n\n');
        beats++;
      }
    })();
    await vi.advanceTimersByTimeAsync(14_000);
    expect(beats).toBe(0);
    await vi.advanceTimersByTimeAsync(32_000);
    expect(beats).toBe(3);
    await iterator.return?.();
    await reading;
  });

  it('ends, and lets go of its subscription at once, when it is closed while it waits', async () => {
    const { iterator, closed } = newStream();
    await iterator.next();
    const next = iterator.next();
    await iterator.return?.();
    expect(closed).toHaveBeenCalledTimes(1);
    expect(await next).toEqual({ done: true, value: undefined });
  });

  it('tells nothing more once it may not go on', async () => {
    let isAllowed = true;
    const { iterator, subscription, closed } = newStream(async () => {
      if (!isAllowed) throw new Error('revoked');
    });
    await iterator.next();
    subscription.push([row], 1);
    expect((await iterator.next()).value).toMatch(/^id: .+\nevent: app_event\ndata: \{.*"name":"opened".*\}\n\n$/);
    isAllowed = false;
    await vi.advanceTimersByTimeAsync(2_000);
    subscription.push([row], 1);
    expect((await iterator.next()).done).toBe(true);
    expect(closed).toHaveBeenCalledTimes(1);
  });

  it('ends for a reader that lets too many events wait', async () => {
    const { iterator, subscription, closed } = newStream();
    await iterator.next();
    subscription.push(
      Array.from({ length: waitingMax }, () => row),
      1,
    );
    expect(String((await iterator.next()).value).match(/event: app_event/g)).toHaveLength(500);
    subscription.push(
      Array.from({ length: 500 }, () => row),
      1,
    );
    expect(closed).not.toHaveBeenCalled();
    subscription.push([row], 1);
    expect(closed).toHaveBeenCalledTimes(1);
    expect((await iterator.next()).done).toBe(true);
  });

  it('ends for a reader that lets too much text wait, and not for one that keeps up, however large the events', async () => {
    const { iterator, subscription, closed } = newStream();
    await iterator.next();
    for (let round = 0; round < 3; round++) {
      subscription.push([row, row], 2 * waitingBytesMax);
      expect(String((await iterator.next()).value).match(/event: app_event/g)).toHaveLength(2);
    }
    subscription.push([row, row], waitingBytesMax - 10);
    subscription.push([row], 10);
    expect(closed).not.toHaveBeenCalled();
    subscription.push([row], 1);
    expect(closed).toHaveBeenCalledTimes(1);
    expect((await iterator.next()).done).toBe(true);
  });
});
