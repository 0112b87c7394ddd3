/**
 * Opens every page of the documentation in Chromium, in light and dark and on a phone, and saves what it looks like to reports/screenshots.
 * DOCS_URL: the server to look at; without it the built site is served here. APPSTEAD_KEY: an organization key of that server, to try an
 * operation with. CHROMIUM: the browser, else Debian's.
 */
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BrowserContext, chromium, type Page } from 'playwright-core';
import { siteDir } from '../index.ts';
import { serveSite } from '../testing/serve-site.ts';
import { checkArticle, checkTool } from './check-article.ts';
import { checkRedoc } from './check-redoc.ts';
import { checkSwaggerUi, tryListApps } from './check-swagger-ui.ts';
import { type View, views } from './views.ts';
import { watchPage } from './watch-page.ts';

const screenshots = fileURLToPath(new URL('../../../../reports/screenshots', import.meta.url));
const { DOCS_URL, APPSTEAD_KEY, CHROMIUM = '/usr/bin/chromium' } = process.env;
const quiet = ['--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];

/** The paths of the built site, and the second address of Swagger UI. */
async function findPages(): Promise<string[]> {
  const files = (await readdir(siteDir, { recursive: true })).filter((file) => file.endsWith('index.html'));
  return [...files.map((file) => `/${file.slice(0, -'index.html'.length)}`).sort(), '/api/v1/docs/'];
}

function isTool(path: string): boolean {
  return path === '/redoc/' || path.endsWith('/docs/');
}

async function checkContent(page: Page, path: string, view: View): Promise<string[]> {
  if (path === '/redoc/') return [...(await checkTool(page, view)), ...(view.name === 'light' ? await checkRedoc(page) : [])];
  if (!isTool(path)) return checkArticle(page, view);
  const faults = [...(await checkSwaggerUi(page)), ...(await checkTool(page, view))];
  return APPSTEAD_KEY && view.name === 'light' ? [...faults, ...(await tryListApps(page, APPSTEAD_KEY))] : faults;
}

async function visit(context: BrowserContext, baseUrl: string, path: string, view: View): Promise<string[]> {
  const page = await context.newPage();
  const faults = watchPage(page, baseUrl);
  try {
    // The reference pages go on loading by script; the others are whole when they are loaded.
    await page.goto(baseUrl + path, { waitUntil: isTool(path) ? 'networkidle' : 'load' });
    faults.push(...(await checkContent(page, path, view)));
    const name = `${path.replaceAll('/', '-').slice(1) || 'home-'}${view.name}.png`;
    // Redoc is one page of many screens that fills itself as it is scrolled.
    await page.screenshot({ path: join(screenshots, name), fullPage: path !== '/redoc/' });
  } catch (error) {
    faults.push(String(error));
  } finally {
    await page.close();
  }
  return faults;
}

async function main(): Promise<void> {
  await rm(screenshots, { recursive: true, force: true });
  await mkdir(screenshots, { recursive: true });
  const own = DOCS_URL ? undefined : await serveSite(siteDir);
  const baseUrl = new URL(DOCS_URL ?? own?.baseUrl ?? '').origin;
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-gpu', ...quiet] });
  const paths = await findPages();
  let passed = 0;
  let failed = 0;
  try {
    for (const view of views) {
      const { colorScheme, width, height } = view;
      const context = await browser.newContext({ colorScheme, viewport: { width, height } });
      for (const path of paths) {
        const faults = await visit(context, baseUrl, path, view);
        if (faults.length === 0) passed += 1;
        else failed += 1;
        for (const fault of faults) console.error(`${path} ${view.name}: ${fault}`);
      }
      await context.close();
    }
  } finally {
    await browser.close();
    await own?.close();
  }
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
}

await main();
