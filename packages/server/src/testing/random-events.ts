/** Mulberry32: the same numbers from 0 to 1 for the same seed, everywhere. */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export type RandomEvent = {
  name: string;
  id: string;
  timestamp: string;
  user_id?: string;
  anonymous_id?: string;
  platform?: string;
  country?: string;
};

/** Events of few names and many people, within the last days before an instant. */
export function randomEvents(random: () => number, count: number, nowMs: number): RandomEvent[] {
  const below = (max: number) => Math.floor(random() * max);
  const maybe = <T extends object>(chance: number, fields: T): T | object => (random() < chance ? fields : {});
  const hex = (digits: number) => Array.from({ length: digits }, () => below(16).toString(16)).join('');
  return Array.from({ length: count }, () => ({
    name: `event ${below(12)}`,
    id: `${hex(8)}-${hex(4)}-4${hex(3)}-8${hex(3)}-${hex(12)}`,
    timestamp: new Date(nowMs - below(4 * 24 * 3_600_000)).toISOString(),
    ...maybe(0.4, { user_id: `user ${below(300)}` }),
    ...maybe(0.6, { anonymous_id: `device ${below(500)}` }),
    ...maybe(0.5, { platform: ['apple', 'android', 'web', 'backend'][below(4)] }),
    ...maybe(0.7, { country: ['DE', 'FR', 'JP', 'US'][below(4)] }),
  }));
}
