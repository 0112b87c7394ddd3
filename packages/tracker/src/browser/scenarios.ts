import { deepEqual, equal, match } from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { App } from '@appstead/contract';
import type { BrowserContext, Page, Response } from 'playwright-core';
import type { Tracker } from '../create-tracker.ts';
import type { TrackerError } from '../report.ts';
import type { Admin } from './administer.ts';

declare global {
  interface Window {
    tracker: Tracker;
    errors: TrackerError[];
  }
}

/** What a scenario works with: a browser without a past, and the page of a host with a tracker for an app. */
export type Scene = {
  admin: Admin;
  context: BrowserContext;
  open: (host: string, app: App, path?: string, bundleId?: string) => Promise<Page>;
  address: (host: string, app: App, path?: string, bundleId?: string) => string;
};

export type Scenario = { name: string; run: (scene: Scene) => Promise<void> };

const track = (page: Page, ...names: string[]) => page.evaluate((all) => all.forEach((name) => void window.tracker.track(name)), names);
const flush = (page: Page) => page.evaluate(() => window.tracker.flush());
const errors = (page: Page) => page.evaluate(() => window.errors);
/** One that no other app of the server has, so that the scenarios can run on it again. */
const newBundleId = () => `com.example.shop-${randomUUID()}`;
const isIngest = (response: Response) => response.url().endsWith('/v1/ingest') && response.request().method() === 'POST';
const namesIn = (response: Response) => (response.request().postDataJSON().events as { name: string }[]).map(({ name }) => name);

export const scenarios: Scenario[] = [
  {
    name: 'events of a page on an authorized domain arrive by themselves',
    async run({ admin, open }) {
      const app = await admin.newApp({ authorized_domains: ['shop.test'] });
      const page = await open('shop.test', app);
      const answered = page.waitForResponse(isIngest);
      await track(page, 'seen', 'added', 'paid');
      const response = await answered;
      deepEqual([response.status(), namesIn(response)], [200, ['seen', 'added', 'paid']]);
      equal(await admin.countEvents(app), 3);
      deepEqual(await errors(page), []);
    },
  },
  {
    name: 'those of a page below an authorized wildcard arrive, with the bundle id of the app',
    async run({ admin, context, open }) {
      const bundle_id = newBundleId();
      const app = await admin.newApp({ authorized_domains: ['*.shop.test'], bundle_id });
      const page = await open('eu.shop.test', app, '/', bundle_id);
      await track(page, 'seen');
      equal(await flush(page), 0);
      equal(await admin.countEvents(app), 1);
      deepEqual(await context.cookies(), []);
    },
  },
  {
    name: 'those of a page on another domain are refused, and onError says which and why',
    async run({ admin, open }) {
      const app = await admin.newApp({ authorized_domains: ['shop.test'] });
      const page = await open('evil.test', app);
      await track(page, 'seen', 'paid');
      equal(await flush(page), 0);
      const [error, ...others] = await errors(page);
      deepEqual([error?.code, error?.status, error?.lost.map(({ name }) => name)], ['origin_not_authorized', 403, ['seen', 'paid']]);
      deepEqual(others, []);
      equal(await admin.countEvents(app), 0);
    },
  },
  {
    name: 'an event the server rejects is reported with its message, and the others arrive',
    async run({ admin, open }) {
      const app = await admin.newApp({});
      const page = await open('shop.test', app);
      await page.evaluate(() => window.tracker.track('old', {}, { timestamp: '2020-01-01T00:00:00Z' }));
      await track(page, 'seen');
      equal(await flush(page), 0);
      const [error] = await errors(page);
      deepEqual([error?.code, error?.lost.map(({ name }) => name)], ['event_rejected', ['old']]);
      match(error?.message ?? '', /timestamp/);
      equal(await admin.countEvents(app), 1);
    },
  },
  {
    name: 'events tracked offline arrive once the network is back, in order and without a call',
    async run({ admin, context, open }) {
      const app = await admin.newApp({ authorized_domains: ['shop.test'] });
      const page = await open('shop.test', app);
      await context.setOffline(true);
      await track(page, 'one', 'two');
      equal(await flush(page), 2);
      await track(page, 'three');
      const answered = page.waitForResponse(isIngest);
      await context.setOffline(false);
      deepEqual(namesIn(await answered), ['one', 'two', 'three']);
      await admin.hasEvents(app, 3);
      const [error] = await errors(page);
      deepEqual([error?.code, error?.lost], ['no_answer', []]);
    },
  },
  {
    name: 'events tracked right before a navigation to a site without a tracker arrive',
    async run({ admin, open, address }) {
      const app = await admin.newApp({ authorized_domains: ['shop.test'] });
      const page = await open('shop.test', app);
      const elsewhere = address('other.test', app, '/elsewhere');
      await Promise.all([
        page.waitForURL(elsewhere),
        page.evaluate((url) => {
          window.tracker.track('left');
          window.location.assign(url);
        }, elsewhere),
      ]);
      await admin.hasEvents(app, 1);
    },
  },
  {
    name: 'events tracked right before the tab is closed arrive',
    async run({ admin, context, open }) {
      const app = await admin.newApp({ authorized_domains: ['shop.test'] });
      await context.newPage();
      const page = await open('shop.test', app);
      await track(page, 'left');
      await page.close({ runBeforeUnload: true });
      await admin.hasEvents(app, 1);
    },
  },
  {
    name: 'what a page could not send survives its reload, once and as the same person',
    async run({ admin, context, open }) {
      const app = await admin.newApp({ authorized_domains: ['shop.test'] });
      const page = await open('shop.test', app);
      await context.route('**/v1/ingest', (route) => route.abort());
      await track(page, 'before');
      equal(await flush(page), 1);
      const anonymousId = await page.evaluate(() => window.tracker.anonymousId);
      await context.unroute('**/v1/ingest');
      const answered = page.waitForResponse(isIngest);
      await page.reload();
      await track(page, 'after');
      equal(await flush(page), 0);
      await answered;
      await admin.hasEvents(app, 2);
      equal(await page.evaluate(() => window.tracker.anonymousId), anonymousId);
      deepEqual(await page.evaluate(() => Object.keys(localStorage).filter((key) => key.includes('.queue.'))), []);
    },
  },
  {
    name: 'two tabs are one person and send nothing twice',
    async run({ admin, context, open }) {
      const app = await admin.newApp({ authorized_domains: ['shop.test'] });
      const [a, b] = [await open('shop.test', app), await open('shop.test', app)];
      const sent: string[] = [];
      context.on('response', (response) => isIngest(response) && sent.push(...namesIn(response)));
      await track(a, 'in a');
      await track(b, 'in b');
      const answered = Promise.all([a, b].map((page) => page.waitForResponse(isIngest)));
      deepEqual([await flush(b), await flush(a)], [0, 0]);
      await answered;
      deepEqual(sent.sort(), ['in a', 'in b']);
      const ids = [await a.evaluate(() => window.tracker.anonymousId), await b.evaluate(() => window.tracker.anonymousId)];
      equal(ids[0], ids[1]);
      await a.evaluate(() => window.tracker.reset());
      // Browsers tell other tabs of a change a moment later.
      await b.waitForFunction((id) => window.tracker.anonymousId !== id, ids[0]);
      await admin.hasEvents(app, 2);
    },
  },
  {
    name: 'what a person did before they are identified is theirs, and what the next person does is not',
    async run({ admin, open }) {
      const bundle_id = newBundleId();
      const app = await admin.newApp({ authorized_domains: ['shop.test'], bundle_id });
      const page = await open('shop.test', app, '/', bundle_id);
      await track(page, 'seen');
      const anonymousId = await page.evaluate(() => window.tracker.anonymousId);
      await page.evaluate(() => window.tracker.identify('user_1', { plan: 'pro', seats: 3 }));
      await track(page, 'paid');
      await page.evaluate(() => window.tracker.reset());
      await track(page, 'seen by the next');
      equal(await flush(page), 0);
      deepEqual(await errors(page), []);
      const user = (await admin.users(app)).get('user_1');
      deepEqual([user?.claimed_from, user?.properties], [[anonymousId], { plan: 'pro', seats: 3 }]);
      deepEqual(await admin.eventsOf(app, user?.id ?? ''), ['seen', 'paid']);
      equal(await admin.countEvents(app), 3);
    },
  },
  {
    name: 'the properties of a user arrive although the anonymous id is somebody else’s',
    async run({ admin, open }) {
      const app = await admin.newApp({ authorized_domains: ['shop.test'] });
      const page = await open('shop.test', app);
      await page.evaluate(() => window.tracker.identify('user_1'));
      equal(await flush(page), 0);
      // As when the app forgot to tell of the sign-out, and the browser lost half of what it kept.
      await page.evaluate(() => {
        const key = Object.keys(localStorage).find((name) => name.endsWith('.person')) ?? '';
        localStorage.setItem(key, JSON.stringify({ anonymousId: window.tracker.anonymousId }));
      });
      await page.evaluate(() => window.tracker.identify('user_2', { plan: 'pro' }));
      equal(await flush(page), 0);
      deepEqual(await errors(page), []);
      const users = await admin.users(app);
      deepEqual([users.get('user_2')?.properties, users.get('user_2')?.claimed_from], [{ plan: 'pro' }, null]);
      equal(users.get('user_1')?.claimed_from?.length, 1);
    },
  },
  {
    name: 'a page that may store nothing sends all the same',
    async run({ admin, open, address }) {
      const app = await admin.newApp({});
      const page = await open('shop.test', app, '/frame');
      const answered = page.waitForResponse(isIngest);
      await page.goto(`${address('shop.test', app, '/frame')}&track=in+a+frame`);
      equal((await answered).status(), 200);
      const storage = await page
        .frames()
        .at(-1)
        ?.evaluate(() => {
          try {
            return String(window.localStorage);
          } catch (error) {
            return (error as Error).name;
          }
        });
      equal(storage, 'SecurityError');
      await admin.hasEvents(app, 1);
    },
  },
];
