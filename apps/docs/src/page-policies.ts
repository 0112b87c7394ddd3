import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What pages need beyond the policy of the site: path prefix → directive → sources. */
export type PagePolicies = Record<string, Record<string, string[]>>;

/** The name of the file in the built site. */
export const pagePoliciesFile = 'csp.json';

/** None: every script and font of Redoc and Swagger UI is a file of the site. */
export const exceptions: PagePolicies = {};

/** Reads the exceptions of a built site; rejects when it was not built. */
export async function readPagePolicies(siteDir: string): Promise<PagePolicies> {
  return JSON.parse(await readFile(join(siteDir, pagePoliciesFile), 'utf8'));
}
