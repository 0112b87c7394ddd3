import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { escapeHtml } from './escape-html.ts';
import { includeTables } from './include-tables.ts';
import { readMarkdown, renderMarkdown } from './markdown.ts';
import { linkList, type Page, type PageLink } from './page.ts';

export const guidesDir: string = fileURLToPath(new URL('../guides', import.meta.url));

export type Guide = { name: string; path: string; title: string; description: string; order: number; markdown: string };

/** The guides in reading order; throws when a front matter lacks `title`, `description` or `order`. */
export async function readGuides(): Promise<Guide[]> {
  const files = (await readdir(guidesDir)).filter((file) => file.endsWith('.md'));
  const guides = await Promise.all(files.map(readGuide));
  return guides.sort((a, b) => a.order - b.order);
}

async function readGuide(file: string): Promise<Guide> {
  const { frontMatter, markdown } = readMarkdown(await readFile(`${guidesDir}/${file}`, 'utf8'));
  const { title, description, order } = frontMatter;
  if (typeof title !== 'string' || typeof description !== 'string' || typeof order !== 'number') {
    throw new Error(`${file}: the front matter needs title, description and order`);
  }
  const name = file.slice(0, -'.md'.length);
  return { name, path: `/guides/${name}/`, title, description, order, markdown: await includeTables(markdown) };
}

/** One page per guide, and the page that lists them. */
export function guidePages(guides: Guide[]): Page[] {
  const links = guides.map(({ path, title }) => ({ path, label: title }));
  const pages = guides.map((guide, index) => ({
    path: guide.path,
    title: guide.title,
    description: guide.description,
    aside: linkList(links, guide.path),
    body: `<h1>${escapeHtml(guide.title)}</h1>\n${renderMarkdown(guide.markdown)}\n${nextGuide(links[index + 1])}`,
  }));
  return [guideIndex(guides), ...pages];
}

function nextGuide(next: PageLink | undefined): string {
  return next ? `<p class="next">Next: <a href="${next.path}">${escapeHtml(next.label)}</a></p>` : '';
}

function guideIndex(guides: Guide[]): Page {
  return {
    path: '/guides/',
    title: 'Guides',
    description: 'How to run Appstead and how to use its API, one page per subject.',
    body: `<h1>Guides</h1>\n${guideList(guides)}`,
  };
}

/** The guides as a list with one sentence each. */
export function guideList(guides: Guide[]): string {
  const items = guides.map(
    ({ path, title, description }) => `<li><a href="${path}">${escapeHtml(title)}</a><p>${escapeHtml(description)}</p></li>`,
  );
  return `<ul class="cards">${items.join('\n')}</ul>`;
}
