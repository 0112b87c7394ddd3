import { readDocument } from '@appstead/contract/document';
import type { Page } from 'playwright-core';

/** Whether Swagger UI lists every operation, those that Appstead itself calls included. */
export async function checkSwaggerUi(page: Page): Promise<string[]> {
  const { paths, webhooks = {} } = readDocument();
  const operations = [...Object.values(paths), ...Object.values(webhooks)].flatMap((item) =>
    [item.get, item.put, item.post, item.patch, item.delete].filter(Boolean),
  );
  await page
    .locator('.opblock')
    .nth(operations.length - 1)
    .waitFor();
  const listed = await page.locator('.opblock').count();
  return listed === operations.length ? [] : [`lists ${listed} of ${operations.length} operations`];
}

/** Authorizes with an organization key and executes listApps, as a person would. */
export async function tryListApps(page: Page, key: string): Promise<string[]> {
  await page.locator('button.authorize').first().click();
  const form = page.locator('.auth-container', { hasText: 'organizationKey' }).first();
  await form.locator('input').fill(key);
  await form.getByRole('button', { name: 'Apply credentials' }).click();
  await page.locator('.modal-ux').getByRole('button', { name: 'Close' }).last().click();
  const operation = page.locator('#operations-Apps-listApps');
  await operation.locator('.opblock-summary-control').click();
  await operation.getByRole('button', { name: 'Try it out' }).click();
  await operation.getByRole('button', { name: 'Execute' }).click();
  const response = operation.locator('.live-responses-table .response').first();
  const status = await response.locator('.response-col_status').textContent();
  const body = await response.locator('.response-col_description').textContent();
  return status?.trim().startsWith('200') && body?.includes('"success": true')
    ? []
    : [`listApps answered ${status}: ${body?.slice(0, 300)}`];
}
