import { fileURLToPath } from 'node:url';
import { type PagePolicies, readPagePolicies } from './page-policies.ts';

/** Absolute path of the built site, made by this workspace's `build` script. It is to be served at `/`. */
export const siteDir: string = fileURLToPath(new URL('../dist/site', import.meta.url));

/**
 * What pages need beyond the Content-Security-Policy of the site (`src/content-security-policy.ts`): path prefix → directive → sources.
 * Rejects when the site was not built.
 */
export function pagePolicies(): Promise<PagePolicies> {
  return readPagePolicies(siteDir);
}
