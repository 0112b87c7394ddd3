import { batchBytesMax, bodyOfBatch, takeBatch } from './batch.ts';
import type { Clock } from './clock.ts';
import { keepaliveBytesMax, type Post } from './post.ts';
import { bodyOf, type Item, type Queue } from './queue.ts';
import type { OnError } from './report.ts';
import { backoffMs, isPassing, parseRetryAfterMs } from './retry-policy.ts';

/** How long a page waits until it looks again for what others may have left. */
const lookMs = 60_000;

type Parts = {
  queue: Queue;
  post: Post;
  clock: Clock;
  report: OnError;
  bundleId?: string;
  flushIntervalMs: number;
  batchMax: number;
  /** The server says that an anonymous id belongs to somebody else. */
  onClaimed: (anonymousId: unknown) => void;
};

/** Sends what is in the queue: in order, one request at a time, each until it is answered for good. */
export function createSender({ queue, post, clock, report, bundleId, flushIntervalMs, batchMax, onClaimed }: Parts) {
  const sending = new Set<Item>();
  let outlivingBytes = 0;
  let failures = 0;
  /** The server has asked for a pause. */
  let isHeld = false;
  let isClosed = false;
  /** The id of the last item that this run sends. */
  let last = '';
  let running: Promise<void> | undefined;
  let cancelTimer: (() => void) | undefined;

  const unsent = () => queue.waiting().filter((item) => !sending.has(item));
  const schedule = (delayMs: number) => {
    cancelTimer?.();
    cancelTimer = clock.after(delayMs, () => {
      isHeld = false;
      cancelTimer = undefined;
      void flush();
    });
  };

  /** Sends a batch; undefined when it is done with, else the milliseconds until it may be tried again. */
  async function deliver(batch: Item[]): Promise<number | undefined> {
    const body = bodyOfBatch(batch, bundleId);
    const bytes = batch.reduce((sum, item) => sum + item.bytes, 0);
    const outlives = bytes + outlivingBytes < keepaliveBytesMax;
    if (outlives) outlivingBytes += bytes;
    for (const item of batch) sending.add(item);
    const answer = await post(batch[0]?.path ?? '', body, outlives);
    if (outlives) outlivingBytes -= bytes;
    for (const item of batch) sending.delete(item);
    return settle(batch, answer);
  }

  function settle(batch: Item[], { status, retryAfter, body, message }: Awaited<ReturnType<Post>>): number | undefined {
    const [first] = batch;
    const lost = (items: Item[]) => items.map((item) => bodyOf(item.body) ?? {});
    const code = body.code ?? (status ? `http_${status}` : 'no_answer');
    if (isPassing(status) && status !== 200) {
      failures += 1;
      const askedMs = parseRetryAfterMs(retryAfter, clock.now());
      isHeld = askedMs > 0;
      const retryInMs = Math.round(askedMs + backoffMs(failures));
      report({ code, message, status: status || undefined, lost: [], retryInMs });
      return retryInMs;
    }
    failures = 0;
    const { anonymous_id, properties, ...rest } = (first?.path === 'identify' && bodyOf(first.body)) || {};
    // Whose an anonymous id is stays as it is, and what is wrong with a property is told; neither may take the rest of an identification along.
    const isClaimed = code === 'anonymous_id_claimed' && anonymous_id;
    const hasWrongProperty = status === 400 && properties;
    if (first && (isClaimed || hasWrongProperty)) {
      if (isClaimed) onClaimed(anonymous_id);
      else report({ code, message, status, lost: [{ ...rest, properties }] });
      queue.replace(first, JSON.stringify({ ...rest, ...(isClaimed ? { properties } : { anonymous_id }) }));
      return undefined;
    }
    queue.remove(batch);
    if (status !== 200) report({ code, message, status, lost: lost(batch) });
    for (const { index, message } of body.rejected ?? []) {
      report({ code: 'event_rejected', message, status, lost: lost(batch.slice(index, index + 1)) });
    }
    return undefined;
  }

  async function run(): Promise<void> {
    let delayMs: number | undefined;
    for (;;) {
      const batch = takeBatch(
        unsent().filter(({ id }) => id <= last),
        batchMax,
        batchBytesMax,
      );
      if (batch.length === 0) break;
      delayMs = await deliver(batch);
      if (delayMs !== undefined) break;
    }
    running = undefined;
    rest(delayMs);
  }

  /** Comes back for what waits, or later for what other pages may leave; not at all when there is neither. */
  function rest(delayMs = flushIntervalMs): void {
    const othersWait = queue.adopt();
    if (isClosed) return;
    if (queue.waiting().length > 0) schedule(delayMs);
    else if (othersWait) schedule(lookMs);
  }

  /** Sends what waits by now, unless the server has asked for a pause; resolves when all was answered or a try has failed. */
  async function flush(): Promise<void> {
    if (isHeld) return;
    if (!running) queue.adopt();
    if (queue.waiting().length === 0) return rest();
    queue.keep();
    last = queue.waiting().at(-1)?.id ?? '';
    cancelTimer?.();
    cancelTimer = undefined;
    running ??= run();
    return running;
  }

  return {
    flush,
    start: () => rest(),
    /** Something was put into the queue. */
    onAdded() {
      if (failures === 0 && unsent().length >= batchMax) void flush();
      else if (!running && (!cancelTimer || queue.waiting().length === 1)) schedule(flushIntervalMs);
    },
    /** The network is back. */
    onOnline() {
      failures = 0;
      void flush();
    },
    /** The page may end at any moment: sends, side by side, as much as may outlive it. The rest stays in the store. */
    onHidden() {
      while (!isHeld) {
        const batch = takeBatch(unsent(), batchMax, keepaliveBytesMax - outlivingBytes);
        if (batch.length === 0) return;
        void deliver(batch).then((delayMs) => delayMs !== undefined && !isClosed && schedule(delayMs));
      }
    },
    close() {
      isClosed = true;
      cancelTimer?.();
      return flush();
    },
  };
}
