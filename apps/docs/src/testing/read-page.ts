import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type HTMLElement, parse } from 'node-html-parser';

/** The parsed HTML of the page at a path of the site. */
export async function readPage(siteDir: string, path: string): Promise<HTMLElement> {
  return parse(await readFile(join(siteDir, path, 'index.html'), 'utf8'));
}
