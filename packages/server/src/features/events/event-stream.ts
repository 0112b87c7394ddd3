import type { Database } from '@appstead/database';
import { cursorAt, type Position } from '../../paging/page.ts';
import { lookBackMs } from './event-feed.ts';
import { type EventRow, listReceived } from './event-store.ts';
import { toAppEvent } from './event-view.ts';
import { RecentIds } from './recent-ids.ts';
import { type Subscription, waitingMax } from './subscription.ts';

/** How long a stream goes on at most after its credential ended, beside what verified credentials are kept in memory for. */
const recheckMs = 1_500;
const heartbeatMs = 15_000;
const rowsMax = 500;
/**
 * Of what was missed, so many are known to be left out when the feed gives them as well: several times what can wait for a reader. A stream that
 * broke off long ago may have missed millions.
 */
const replayedMax = 10 * waitingMax;

type Stream = {
  db: Database;
  organizationId: string;
  appId: string;
  subscription: Subscription;
  /** Where an earlier stream broke off. */
  after: Position | undefined;
  filters: readonly unknown[];
  /** Rejects when the stream may not go on. */
  recheck: () => Promise<void>;
};

/** The text of a stream, piece by piece, until its subscription or its right ends. Closing it ends the subscription, at once. */
export function streamText(stream: Stream): AsyncIterable<string> {
  const pieces = write(stream);
  return {
    [Symbol.asyncIterator]: () => ({
      next: () => pieces.next(),
      return: async () => {
        // A generator that waits hears of its end only when it goes on.
        stream.subscription.close();
        await pieces.return(undefined);
        return { done: true, value: undefined };
      },
    }),
  };
}

async function* write(stream: Stream): AsyncGenerator<string, void> {
  const { subscription, filters } = stream;
  const mayGoOn = rechecked(stream.recheck);
  try {
    yield ': connected\n\n';
    const replayed = new RecentIds(replayedMax);
    for await (const rows of missed(stream)) {
      if (!(await mayGoOn())) return;
      for (const { id } of rows) replayed.add(id);
      yield textOf(rows, filters);
    }
    let wroteAt = performance.now();
    for (;;) {
      const rows = await subscription.take(recheckMs);
      if (rows === undefined || !(await mayGoOn())) return;
      const fresh = rows.filter(({ id }) => !replayed.has(id));
      if (fresh.length === 0 && performance.now() - wroteAt < heartbeatMs) continue;
      yield fresh.length === 0 ? ': heartbeat\n\n' : textOf(fresh, filters);
      wroteAt = performance.now();
    }
  } finally {
    subscription.close();
  }
}

/** What came in since an earlier stream broke off, and a little before: at that place, some could not be seen yet. */
async function* missed({ db, organizationId, appId, after }: Stream): AsyncGenerator<EventRow[], void> {
  if (after === undefined) return;
  const begin = new Date(Date.parse(after[0]) - lookBackMs).toISOString();
  let position: Position | undefined;
  for (;;) {
    const since = position?.[0] ?? begin;
    const rows = await listReceived(db, organizationId, appId, { since, after: position, known: [], limit: rowsMax });
    if (rows.length > 0) yield rows;
    const last = rows.at(-1);
    if (rows.length < rowsMax || last === undefined) return;
    position = [last.received_at, last.id];
  }
}

/** Asks from time to time whether the stream may go on. */
function rechecked(recheck: () => Promise<void>): () => Promise<boolean> {
  let checkedAt = performance.now();
  return async () => {
    if (performance.now() - checkedAt < recheckMs) return true;
    try {
      await recheck();
    } catch {
      return false;
    }
    checkedAt = performance.now();
    return true;
  };
}

/** JSON has no line breaks of its own, so each event is one line of data. */
function textOf(rows: EventRow[], filters: readonly unknown[]): string {
  return rows
    .map((row) => `id: ${cursorAt([row.received_at, row.id], filters)}\nevent: app_event\ndata: ${JSON.stringify(toAppEvent(row))}\n\n`)
    .join('');
}
