import type { Lost } from './report.ts';
import type { Store } from './store.ts';

/** What waits to be sent: one event or one identification, as JSON, to the operation of its path. */
export type Item = { id: string; path: 'ingest' | 'identify'; body: string; bytes: number };

/** A fifth of what `localStorage` takes for a whole site. */
const itemsMax = 1_000;
const queueBytesMax = 1024 * 1024;

/** Above the longest pause between two tries, since each try renews the lease. */
const leaseMs = 5 * 60_000;

export type Queue = ReturnType<typeof createQueue>;

/**
 * The queue of one page, kept in the store with one key per item and the page's own name in it. So no page writes over what another has
 * written, and nothing needs a lock. Items of a page that is gone are taken over by copying them before they are removed: pages that do so at
 * the same moment may both send them, which the server recognises, but none gets lost. A page that lives says so by a lease.
 */
export function createQueue(store: Store, prefix: string, page: string, now: () => number) {
  let items: Item[] = [];
  const queuePrefix = `${prefix}queue.`;
  const leasePrefix = `${prefix}page.`;
  const keyOf = ({ id, path }: Item) => `${queuePrefix}${page}.${id}.${path}`;

  const remove = (gone: Item[]) => {
    items = items.filter((item) => !gone.includes(item));
    for (const item of gone) store.remove(keyOf(item));
  };
  const keep = () => store.set(leasePrefix + page, String(now() + leaseMs));
  const push = (id: string, path: Item['path'], body: string) => {
    const item = { id, path, body, bytes: new TextEncoder().encode(body).length };
    items.push(item);
    store.set(keyOf(item), body);
  };

  return {
    waiting: () => items,
    remove,
    keep,
    add(id: string, path: Item['path'], body: string) {
      keep();
      push(id, path, body);
    },
    /** Puts another body in the place of an item's. */
    replace(item: Item, body: string) {
      item.body = body;
      store.set(keyOf(item), body);
    },
    /** Removes the oldest items beyond the bounds and returns them. */
    trim(): Item[] {
      let bytes = items.reduce((sum, item) => sum + item.bytes, 0);
      let count = 0;
      while (items.length - count > itemsMax || bytes > queueBytesMax) bytes -= items[count++]?.bytes ?? bytes;
      const oldest = items.slice(0, count);
      remove(oldest);
      return oldest;
    },
    /** Takes over what pages have left that are gone; whether there are items of pages that seem to live. */
    adopt(): boolean {
      let othersWait = false;
      const isAlive = new Map<string, boolean>();
      for (const other of store.keys(leasePrefix)) {
        const leftMs = Number(store.get(leasePrefix + other)) - now();
        // Longer than a lease: the clock was set back since.
        const alive = other === page || (leftMs > 0 && leftMs <= leaseMs);
        isAlive.set(other, alive);
        if (!alive) store.remove(leasePrefix + other);
      }
      for (const key of store.keys(queuePrefix)) {
        const [owner = '', id = '', path] = key.split('.');
        if (owner === page) continue;
        if (isAlive.get(owner)) {
          othersWait = true;
          continue;
        }
        const body = store.get(queuePrefix + key);
        if (body && bodyOf(body) && (path === 'ingest' || path === 'identify')) push(id, path, body);
        store.remove(queuePrefix + key);
      }
      items.sort((a, b) => (a.id < b.id ? -1 : 1));
      return othersWait;
    },
    /** Leaves what waits to the next page. */
    release: () => store.remove(leasePrefix + page),
  };
}

/** What an item says; nothing when it is no JSON object, because somebody else has written to the store. */
export function bodyOf(body: string): Lost | undefined {
  try {
    const value = JSON.parse(body);
    return typeof value === 'object' && value ? value : undefined;
  } catch {
    return undefined;
  }
}
