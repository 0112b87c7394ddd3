/** Where the tracker keeps what must outlive a page. `localStorage` is one; any other has to be synchronous as well. */
export type TrackerStorage = {
  readonly length: number;
  key: (index: number) => string | null;
  getItem: (key: string) => string | null;
  setItem: (key: string, value: string) => void;
  removeItem: (key: string) => void;
};

/** A storage that never throws. */
export type Store = {
  get: (key: string) => string | null;
  set: (key: string, value: string) => void;
  remove: (key: string) => void;
  /** What follows the prefix in every key that begins with it. */
  keys: (prefix: string) => string[];
};

/**
 * Keeps in memory what the storage does not take: because it is full, because the page may have none, or because there is none, as in
 * Node.js. What was written in vain also leaves the storage, so that no older value comes back.
 */
export function createStore(storage: TrackerStorage | undefined = pageStorage()): Store {
  const memory = new Map<string, string>();
  const remove = (key: string) => {
    memory.delete(key);
    attempt(() => storage?.removeItem(key));
  };
  return {
    get: (key) => memory.get(key) ?? attempt(() => storage?.getItem(key)) ?? null,
    set: (key, value) => {
      memory.delete(key);
      const isKept = attempt(() => {
        storage?.setItem(key, value);
        return storage;
      });
      if (isKept) return;
      remove(key);
      memory.set(key, value);
    },
    remove,
    keys: (prefix) => {
      const kept = attempt(() => Array.from({ length: storage?.length ?? 0 }, (_, index) => storage?.key(index) ?? ''));
      return [...memory.keys(), ...(kept ?? [])].filter((key) => key.startsWith(prefix)).map((key) => key.slice(prefix.length));
    },
  };
}

/** Asked for on pages only, because Node.js has a `localStorage` that warns or throws. A page that may have none gets an exception. */
function pageStorage(): TrackerStorage | undefined {
  return attempt(() => (globalThis.document ? globalThis.localStorage : undefined));
}

function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
