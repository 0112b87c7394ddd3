import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { guidePages, readGuides } from './guides.ts';
import { landingPage } from './landing.ts';
import { type Page, renderArticle, renderTool } from './page.ts';
import { exceptions, pagePoliciesFile } from './page-policies.ts';
import { problemPages, readProblemPages } from './problems.ts';
import { buildRedoc } from './redoc.ts';
import { copySwaggerUi, swaggerUiPage } from './swagger-ui.ts';

const assetsDir = fileURLToPath(new URL('../assets', import.meta.url));

/** Makes the whole site in `siteDir`, an absolute path; what was there before is removed. Returns the paths of the pages. */
export async function buildSite(siteDir: string): Promise<string[]> {
  await rm(siteDir, { recursive: true, force: true });
  await mkdir(siteDir, { recursive: true });
  const [guides, problems] = await Promise.all([readGuides(), readProblemPages()]);
  const articles = [landingPage(guides), ...guidePages(guides), ...problemPages(problems)];
  await Promise.all([
    ...articles.map((page) => writePage(siteDir, page, renderArticle(page))),
    writePage(siteDir, swaggerUiPage, renderTool(swaggerUiPage)),
    copySwaggerUi(siteDir),
    buildRedoc(siteDir),
    writeFile(join(siteDir, pagePoliciesFile), JSON.stringify(exceptions)),
    ...['frame.css', 'article.css', 'favicon.svg'].map((file) => cp(join(assetsDir, file), join(siteDir, 'assets', file))),
  ]);
  return [...articles.map(({ path }) => path), '/redoc/', swaggerUiPage.path];
}

async function writePage(siteDir: string, page: Page, html: string): Promise<void> {
  const folder = join(siteDir, page.path);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'index.html'), html);
}
