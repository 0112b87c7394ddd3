import type { Item } from './queue.ts';

/** Below the 1 MiB the server takes, with room for what stands around the events. */
export const batchBytesMax = 1_000_000;

/** What stands around the events of a batch, at most. */
const frameBytes = 500;

/**
 * The first of the items that fit into one request: events up to the next identification, or one identification alone, so that the server
 * hears of everything in order. Nothing when the first one does not fit.
 */
export function takeBatch(items: Item[], countMax: number, bytesMax: number): Item[] {
  const path = items[0]?.path;
  const most = path === 'ingest' ? countMax : 1;
  let bytes = frameBytes;
  const end = items.findIndex((item, index) => {
    bytes += item.bytes + 1;
    return index === most || item.path !== path || bytes > bytesMax;
  });
  return end < 0 ? items.slice() : items.slice(0, end);
}

/** The body of the request that sends a batch. */
export function bodyOfBatch(batch: Item[], bundleId: string | undefined): string {
  const bodies = batch.map(({ body }) => body).join();
  if (batch[0]?.path === 'identify') return bodies;
  return `{${bundleId ? `"bundle_id":${JSON.stringify(bundleId)},` : ''}"events":[${bodies}]}`;
}
