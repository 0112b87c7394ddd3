import type { Page } from 'playwright-core';

/** Collects what goes wrong in a page while it is open: errors on its console, which violations of its policy are, and requests. */
export function watchPage(page: Page, baseUrl: string): string[] {
  const faults: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => faults.push(`exception: ${error.message}`));
  page.on('request', (request) => {
    const { origin, protocol } = new URL(request.url());
    if (protocol !== 'data:' && origin !== baseUrl) faults.push(`request to another origin: ${request.url()}`);
  });
  page.on('requestfailed', (request) => faults.push(`request failed: ${request.url()} (${request.failure()?.errorText})`));
  page.on('response', (response) => {
    if (response.status() >= 400) faults.push(`${response.status()} for ${response.url()}`);
  });
  return faults;
}
