import type { TrackerStorage } from '../store.ts';

/** A storage as a browser has it, of a size that a test may change; several trackers on it are tabs of one site. */
export function memoryStorage(
  charactersMax = Number.POSITIVE_INFINITY,
): TrackerStorage & { entries: Map<string, string>; resize: (to: number) => void } {
  const entries = new Map<string, string>();
  // Asked for one key after the other, which must not take the square of their number.
  let keys: string[] = [];
  let most = charactersMax;
  return {
    entries,
    resize: (to) => {
      most = to;
    },
    get length() {
      return entries.size;
    },
    key: (index) => {
      if (index === 0) keys = [...entries.keys()];
      return keys[index] ?? null;
    },
    getItem: (key) => entries.get(key) ?? null,
    setItem(key, value) {
      if (most < Number.POSITIVE_INFINITY) {
        const others = [...entries].filter(([other]) => other !== key);
        const used = others.reduce((sum, [other, text]) => sum + other.length + text.length, 0);
        if (used + key.length + value.length > most) throw new DOMException('full', 'QuotaExceededError');
      }
      entries.set(key, value);
    },
    removeItem: (key) => void entries.delete(key),
  };
}
