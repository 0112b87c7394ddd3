/**
 * Runs the tracker in Chromium, on pages of several domains, against a real server. APPSTEAD_URL and APPSTEAD_KEY: a server and an
 * organization key of it; without them one is started from source. CHROMIUM: the browser, else Debian's. Ends in a line `N passed, N failed`,
 * and with 1 when anything failed.
 */
import { type Browser, chromium } from 'playwright-core';
import { administer } from './administer.ts';
import { startOwnServer } from './own-server.ts';
import { type Pages, servePages } from './pages.ts';
import { type Scenario, type Scene, scenarios } from './scenarios.ts';

const { APPSTEAD_URL, APPSTEAD_KEY, CHROMIUM = '/usr/bin/chromium' } = process.env;
const quiet = ['--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
// The domains of the pages are nobody's; the browser finds them here.
const domains = '--host-resolver-rules=MAP *.test 127.0.0.1';
const timeoutMs = 15_000;

async function play(browser: Browser, { run }: Scenario, scene: Omit<Scene, 'context' | 'open'>): Promise<unknown> {
  const context = await browser.newContext();
  context.setDefaultTimeout(timeoutMs);
  try {
    const open: Scene['open'] = async (...place) => {
      const page = await context.newPage();
      await page.goto(scene.address(...place));
      return page;
    };
    await run({ ...scene, context, open });
    return undefined;
  } catch (error) {
    return error;
  } finally {
    await context.close();
  }
}

function addressOf(pages: Pages, url: string): Scene['address'] {
  return (host, app, path = '/', bundleId = '') =>
    `http://${host}:${pages.port}${path}?${new URLSearchParams({ baseUrl: url, appKey: app.api_key, bundleId })}`;
}

async function main(): Promise<void> {
  const own = APPSTEAD_URL && APPSTEAD_KEY ? undefined : await startOwnServer();
  const { url, key } = own ?? { url: APPSTEAD_URL ?? '', key: APPSTEAD_KEY ?? '' };
  const pages = await servePages();
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-gpu', domains, ...quiet] });
  let [passed, failed] = [0, 0];
  try {
    for (const scenario of scenarios) {
      const error = await play(browser, scenario, { admin: administer(url, key), address: addressOf(pages, url) });
      if (error) failed += 1;
      else passed += 1;
      console.log(`${error ? 'failed' : 'ok'}  ${scenario.name}`);
      if (error) console.error(error);
    }
  } finally {
    await browser.close();
    await pages.close();
    await own?.close();
  }
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
}

await main();
