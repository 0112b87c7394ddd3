import { httpProblems } from '../../http/http-problems.ts';
import { EventFeed, type FeedParts } from './event-feed.ts';
import { eventProblems } from './event-problems.ts';
import type { Subscription } from './subscription.ts';

export const streamsMax = 10;

/** The feeds of this process, one per app that somebody reads. */
export class EventFeeds {
  readonly #feeds = new Map<string, EventFeed>();
  readonly #streams = new Map<string, number>();
  #isStopping = false;

  constructor(private readonly parts: FeedParts) {}

  /**
   * A subscription to what comes in from now on; whoever gets it has to close it. Throws a problem when the organization has as many as it may,
   * or the process stops.
   */
  async subscribe(organizationId: string, appId: string): Promise<Subscription> {
    if (this.#isStopping) throw httpProblems.unavailable('The server is stopping', { headers: { 'Retry-After': '1' } });
    const count = this.#streams.get(organizationId) ?? 0;
    if (count >= streamsMax) {
      const detail = `The organization has ${streamsMax} streams open on this process`;
      throw eventProblems.too_many_streams(detail, { headers: { 'Retry-After': '30' } });
    }
    this.#streams.set(organizationId, count + 1);
    const feed = this.#feeds.get(appId) ?? new EventFeed(this.parts, organizationId, appId);
    this.#feeds.set(appId, feed);
    const subscription = feed.subscribe(() => this.#left(organizationId, appId, feed));
    try {
      await feed.ready;
    } catch (error) {
      // It would never be ready: whoever comes next begins anew.
      feed.close();
      throw error;
    }
    return subscription;
  }

  #left(organizationId: string, appId: string, feed: EventFeed): void {
    const count = (this.#streams.get(organizationId) ?? 1) - 1;
    if (count > 0) this.#streams.set(organizationId, count);
    else this.#streams.delete(organizationId);
    if (feed.size > 0) return;
    feed.close();
    if (this.#feeds.get(appId) === feed) this.#feeds.delete(appId);
  }

  /** Ends every stream, and lets none begin. */
  beginStop(): void {
    this.#isStopping = true;
    for (const feed of [...this.#feeds.values()]) feed.close();
  }
}
