import type { Store } from './store.ts';

/** 30 minutes without an event end a visit. */
const visitPauseMsMax = 30 * 60_000;

type Person = { anonymousId: string; userId?: string };
type Visit = { id: string; lastAt: number };

/** Whom an event is about, as it is sent. */
export type Attribution = { user_id?: string; anonymous_id?: string; session_id: string };

/**
 * Who is at this tracker, and in which visit. Read from the store each time, because other tabs change it, too; in two keys, so that a tab
 * that goes on with the visit does not write over a person another tab has just identified.
 */
export function createIdentity(store: Store, prefix: string, newId: () => string, now: () => number) {
  const write = <T>(key: string, value: T) => {
    store.set(prefix + key, JSON.stringify(value));
    return value;
  };
  const begin = (userId?: string) => {
    store.remove(`${prefix}visit`);
    return write<Person>('person', { anonymousId: `anon_${newId()}`, userId });
  };
  const person = () => {
    const kept = parse<Person>(store.get(`${prefix}person`));
    return typeof kept?.anonymousId === 'string' ? kept : begin();
  };
  return {
    person,
    /** Goes on with the visit, or begins one. */
    attribute(): Attribution {
      const { userId, anonymousId } = person();
      const kept = parse<Visit>(store.get(`${prefix}visit`));
      const lastAt = now();
      const { id } = write('visit', { id: kept && Math.abs(lastAt - kept.lastAt) < visitPauseMsMax ? kept.id : newId(), lastAt });
      return { ...(userId ? { user_id: userId } : { anonymous_id: anonymousId }), session_id: id };
    },
    /** Makes the person known; another one than before gets an anonymous id of their own, which is returned. */
    become(userId: string): string {
      const present = person();
      const { anonymousId } =
        present.userId && present.userId !== userId ? begin(userId) : write('person', { anonymousId: present.anonymousId, userId });
      return anonymousId;
    },
    /** Whoever comes next is nobody yet. */
    forget: () => void begin(),
    /** Takes another anonymous id when the present one is somebody else's. */
    replace(anonymousId: unknown) {
      const present = person();
      if (present.anonymousId === anonymousId) write('person', { anonymousId: `anon_${newId()}`, userId: present.userId });
    },
  };
}

function parse<T>(text: string | null): T | undefined {
  try {
    return JSON.parse(text ?? 'null') ?? undefined;
  } catch {
    return undefined;
  }
}
