import { readDocument } from '@appstead/contract/document';
import type { Page } from 'playwright-core';

/** Opens the section of every operation, up to the first that stays empty. */
export async function checkRedoc(page: Page): Promise<string[]> {
  for (const item of Object.values(readDocument().paths)) {
    for (const { operationId, tags, summary } of [item.get, item.put, item.post, item.patch, item.delete].flatMap((each) => each ?? [])) {
      await page.evaluate((hash) => window.location.assign(hash), `#/${tags[0]?.toLowerCase()}/${operationId.toLowerCase()}`);
      const heading = page.locator('h1, h2', { hasText: summary }).first();
      const shown = await heading.waitFor().then(
        () => true,
        () => false,
      );
      if (!shown) return [`shows nothing of ${operationId}`];
    }
  }
  return [];
}
