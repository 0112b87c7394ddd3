import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readDocument } from '@appstead/contract/document';
import { describe, expect, inject, it } from 'vitest';
import { readPage } from './testing/read-page.ts';

const siteDir = inject('siteDir');
const paths = inject('paths');
const pages = new Map(await Promise.all(paths.map(async (path) => [path, await readPage(siteDir, path)] as const)));

/** What the server itself answers beside the site. */
const served = Object.entries(readDocument().paths).flatMap(([path, item]) => (item.get ? [path] : []));

function targetProblem(page: string, href: string): string | undefined {
  const [path = '', fragment] = href.split('#');
  if (path !== '' && !path.startsWith('/')) return 'is neither absolute nor a fragment';
  const target = path === '' ? page : path;
  if (served.includes(target)) return undefined;
  const document = pages.get(target);
  if (!document) return existsSync(join(siteDir, target)) && !target.endsWith('/') ? undefined : 'leads nowhere';
  // Redoc makes its fragments in the browser.
  if (!fragment || target === '/redoc/') return undefined;
  return document.getElementById(fragment) ? undefined : `has no #${fragment}`;
}

describe.each(paths)('%s', (path) => {
  const document = pages.get(path);
  if (!document) throw new Error(`${path} was not built`);

  it('has no internal link that leads nowhere', () => {
    const addresses = document
      .querySelectorAll('[href], [src]')
      .map((element) => element.getAttribute('href') ?? element.getAttribute('src') ?? '');
    const internal = addresses.filter((address) => !/^[a-z]+:/i.test(address));
    expect(internal.length).toBeGreaterThan(0);
    const broken = internal.flatMap((href) => targetProblem(path, href)?.replace(/^/, `${href} `) ?? []);
    expect(broken).toEqual([]);
  });

  it('has a title, a description and a language', () => {
    expect(document.querySelector('title')?.text).toMatch(/Appstead/);
    expect(document.querySelector('meta[name=description]')?.getAttribute('content')).toMatch(/^[A-Z].{20,}/);
    expect(document.querySelector('html')?.getAttribute('lang')).toBe('en');
  });

  it('has the navigation of the site, and says where one is', () => {
    expect(document.querySelectorAll('header nav a').map((link) => link.getAttribute('href'))).toEqual([
      '/guides/',
      '/redoc/',
      '/docs/',
      '/problems/',
    ]);
    const current = document.querySelectorAll('[aria-current=page]').map((link) => link.getAttribute('href'));
    expect(current).toEqual(path === '/' ? [] : [path]);
  });

  it('uses each id once', () => {
    const ids = document.querySelectorAll('[id]').map(({ id }) => id);
    expect(ids).toEqual([...new Set(ids)]);
  });
});

it('tells the pages apart by title and description', () => {
  const titles = [...pages.values()].map((document) => document.querySelector('title')?.text);
  const descriptions = [...pages.values()].map((document) => document.querySelector('meta[name=description]')?.getAttribute('content'));
  expect(new Set(titles).size).toBe(pages.size);
  expect(new Set(descriptions).size).toBe(pages.size);
});
