import type { Clock } from './clock.ts';
import type { OnError } from './report.ts';
import type { TrackerStorage } from './store.ts';

export type Platform = 'apple' | 'android' | 'web' | 'backend';

/** Anything that is JSON: at most 100 keys and 16 KiB. */
export type Properties = Record<string, unknown>;

/** At most 50 per user. An empty text or null removes the property. */
export type UserProperties = Record<string, string | number | boolean | null>;

/** `amount` in the smallest unit of the currency, such as cents; `currency` as ISO 4217 has it. */
export type Revenue = { amount: number; currency: string };

export type TrackerOptions = {
  /** Where the server is, with or without its prefix `/api`. */
  baseUrl: string;
  /** The app key, `ak_…`. On a server it may be the app secret, `as_…`. */
  appKey: string;
  /** The bundle id of the app, which an app that has one must send. */
  bundleId?: string;
  /** What the events happened on; without it, the platform of the app. */
  platform?: Platform;
  /** Where the queue and the ids are kept; without it `localStorage` on a page, and memory elsewhere. */
  storage?: TrackerStorage;
  /** Sends a request; the global `fetch` unless given. */
  fetch?: (url: string, init: RequestInit) => Promise<Response>;
  /** How long an event waits for others at most, in milliseconds. Default 5,000. */
  flushIntervalMs?: number;
  /** How many events are sent in one request at most, and at how many waiting ones they are sent at once. Default and highest 100. */
  batchMax?: number;
  /** Hears of every loss and of every try that failed. Without it, losses are shown on the console. */
  onError?: OnError;
  /** Passes the time; for tests that must not wait. */
  clock?: Clock;
};

export type TrackOptions = {
  /** A UUID by which the event is known when it is sent again from elsewhere; without it, a new one. */
  id?: string;
  /** When it happened, at most 30 days ago; without it, now. */
  timestamp?: Date | string | number;
  revenue?: Revenue;
  /** ISO 3166-1 alpha-2. */
  country?: string;
  /** Whom it is about, when it is not the person at this tracker: on servers. Null for nobody. */
  userId?: string | null;
  /** The same for a person who is only known by the anonymous id of another tracker. */
  anonymousId?: string;
};
