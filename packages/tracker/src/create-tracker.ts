import { realClock } from './clock.ts';
import { createIdentity } from './identity.ts';
import { watchPage } from './page-events.ts';
import { createPost } from './post.ts';
import { bodyOf, createQueue, type Item } from './queue.ts';
import { createReporter, type Lost } from './report.ts';
import { createSender } from './sender.ts';
import { createStore } from './store.ts';
import type { Properties, TrackerOptions, TrackOptions, UserProperties } from './tracker-options.ts';
import { createUuidMaker } from './uuid-v7.ts';

export type Tracker = {
  /** Notes that something has happened. Never throws; what cannot be sent is reported. */
  track: (name: string, properties?: Properties, options?: TrackOptions) => void;
  /** Says who the person is, 1 to 200 characters of your own, and what is known of them. What they did before becomes theirs. */
  identify: (userId: string, properties?: UserProperties) => void;
  /** Signed out: whoever comes next is nobody yet, with a new anonymous id and a new visit. */
  reset: () => void;
  /** The anonymous id of the person at this tracker, for a server that knows them by nothing else. */
  readonly anonymousId: string;
  /** Sends what waits, now. Resolves, once it was answered or a try has failed, to how many events and identifications still wait. */
  flush: () => Promise<number>;
  /** Flushes and ends the tracker. What still waits then stays in the storage for the next one. */
  close: () => Promise<number>;
};

/** Texts that programs make of a user id that they do not have. The server refuses them, too. */
const noUserId = /^\s*(|\(?null\)?|nil|none|undefined|nan|0{8}-(0{4}-){3}0{12})\s*$/i;

/** More than the server takes; and, at three bytes each, little enough to outlive a page. */
const charactersMax = 19_000;

/** A tracker for one app. Throws a TypeError on a `baseUrl` or an `appKey` that cannot work. */
export function createTracker(options: TrackerOptions): Tracker {
  const { appKey, bundleId, platform, clock = realClock, flushIntervalMs = 5_000, batchMax = 100 } = options;
  const baseUrl = new URL(options.baseUrl).href.replace(/\/+$/, '');
  if (/[?#@]/.test(baseUrl)) throw new TypeError('baseUrl takes no credentials, query or fragment');
  if (!/^a[ks]_\w+$/.test(appKey)) throw new TypeError('appKey must be the key of an app: ak_…');
  const newId = createUuidMaker(clock.now);
  const store = createStore(options.storage);
  // The key is publishable; its end tells the apps of one site apart.
  const prefix = `appstead.${appKey.slice(-8)}.`;
  const identity = createIdentity(store, prefix, newId, clock.now);
  const queue = createQueue(store, prefix, newId(), clock.now);
  const report = createReporter(options.onError);
  const post = createPost({ baseUrl, appKey, fetch: options.fetch, clock });
  const sender = createSender({
    ...{ queue, post, clock, report, bundleId, flushIntervalMs, onClaimed: identity.replace },
    batchMax: Math.min(Math.max(batchMax, 1), 100),
  });
  let isClosed = false;

  const lose = (code: string, message: string, lost: Lost[]) => report({ code, message, lost });
  const add = (path: Item['path'], id: string, value: Lost) => {
    if (isClosed) return lose('closed', 'The tracker was closed', [value]);
    const body = JSON.stringify(value);
    if (body.length > charactersMax) return lose('too_large', `More than ${charactersMax} characters as JSON`, [value]);
    queue.add(id, path, body);
    const dropped = queue.trim();
    if (dropped.length > 0) {
      const message = 'The oldest were dropped, because too many wait';
      lose(
        'queue_full',
        message,
        dropped.map((item) => bodyOf(item.body) ?? {}),
      );
    }
    sender.onAdded();
  };
  const stop = watchPage({
    onHidden: sender.onHidden,
    onLeave() {
      sender.onHidden();
      queue.release();
    },
    onBack: sender.onOnline,
  });
  sender.start();

  return {
    track(name, properties, { timestamp, userId, anonymousId, ...rest } = {}) {
      try {
        const id = newId();
        const isAboutOther = userId !== undefined || anonymousId !== undefined;
        const who = isAboutOther ? { user_id: userId ?? undefined, anonymous_id: anonymousId } : identity.attribute();
        const at = new Date(timestamp ?? clock.now()).toISOString();
        add('ingest', id, { ...rest, id: rest.id ?? id, name, ...who, timestamp: at, platform, properties });
      } catch (error) {
        lose('invalid_event', String(error), [{ name, properties }]);
      }
    },
    identify(userId, properties) {
      try {
        if (typeof userId !== 'string' || noUserId.test(userId)) {
          return lose('invalid_user_id', `${userId} is no user id`, [{ user_id: userId, properties }]);
        }
        add('identify', newId(), { user_id: userId, anonymous_id: identity.become(userId), properties, bundle_id: bundleId });
      } catch (error) {
        lose('invalid_properties', String(error), [{ user_id: userId, properties }]);
      }
    },
    reset: identity.forget,
    get anonymousId() {
      return identity.person().anonymousId;
    },
    async flush() {
      await sender.flush();
      return queue.waiting().length;
    },
    async close() {
      isClosed = true;
      stop();
      await sender.close();
      queue.release();
      return queue.waiting().length;
    },
  };
}
