import axe from 'axe-core';
import type { Page } from 'playwright-core';
import type { View } from './views.ts';

/** What is wrong with one of our own pages for people with a small screen, a keyboard or a screen reader. */
export async function checkArticle(page: Page, view: View): Promise<string[]> {
  return [...(await checkFrame(page, view)), ...(await accessibilityFaults(page, view, 'html'))];
}

/** The same for the header, which is all of ours on the pages of Redoc and Swagger UI. */
export async function checkTool(page: Page, view: View): Promise<string[]> {
  return [...(await checkFrame(page, view)), ...(await accessibilityFaults(page, view, '.site-header'))];
}

async function checkFrame(page: Page, view: View): Promise<string[]> {
  const faults: string[] = [];
  const width = await page.evaluate(() => document.documentElement.scrollWidth);
  if (width > view.width) faults.push(`is ${width} px wide on a screen of ${view.width} px`);
  await page.keyboard.press('Tab');
  const skip = await page.locator('.skip').boundingBox();
  if (!skip || skip.x < 0) faults.push('does not show the skip link at the first press of Tab');
  if (!(await page.locator('#content').count())) faults.push('has nothing to skip to');
  await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  return faults;
}

/** Axe's verdict. It is evaluated and not loaded as a script, so that the policy of the page stays as it is. */
async function accessibilityFaults(page: Page, view: View, selector: string): Promise<string[]> {
  // The phone shows the same elements in the same colours as the light view.
  if (view.name === 'phone') return [];
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate((within) => window.axe.run(within), selector);
  return violations.flatMap(({ id, nodes }) =>
    nodes.map((node) => `accessibility: ${id} at ${node.target.join(' ')}: ${node.failureSummary}`),
  );
}

declare global {
  interface Window {
    axe: typeof axe;
  }
}
