import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { buildSite } from '../build-site.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Where the site was built for this run. */
    siteDir: string;
    /** The paths of its pages. */
    paths: string[];
  }
}

/** Builds the site once for all tests, away from dist, where a build may run meanwhile. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const siteDir = await mkdtemp(join(tmpdir(), 'appstead-site-'));
  project.provide('paths', await buildSite(siteDir));
  project.provide('siteDir', siteDir);
  return () => rm(siteDir, { recursive: true });
}
