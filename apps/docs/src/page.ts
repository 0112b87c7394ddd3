import { escapeHtml } from './escape-html.ts';

/** A page of the site. `path` begins and ends with a slash; `body` and `head` are HTML. */
export type Page = { path: string; title: string; description: string; body: string; head?: string; aside?: string };

/** The areas of the site, in the order of the header. */
const areas = [
  { path: '/guides/', label: 'Guides' },
  { path: '/redoc/', label: 'Reference' },
  { path: '/docs/', label: 'Try it' },
  { path: '/problems/', label: 'Problems' },
];

export type PageLink = { path: string; label: string };

/** A list of links that marks the one whose page, or a page below it, one is on. */
export function linkList(links: PageLink[], current: string): string {
  const items = links.map(({ path, label }) => {
    const mark = path === current ? ' aria-current="page"' : current.startsWith(path) ? ' aria-current="true"' : '';
    return `<li><a href="${path}"${mark}>${escapeHtml(label)}</a></li>`;
  });
  return `<ul>${items.join('')}</ul>`;
}

function header(path: string): string {
  return `<a class="skip" href="#content">Skip to the content</a>
<header class="site-header">
<a class="site-name" href="/">Appstead</a>
<nav aria-label="Site">${linkList(areas, path)}</nav>
</header>`;
}

function head({ path, title, description, head: extra = '' }: Page): string {
  const fullTitle = path === '/' ? title : `${title} · Appstead`;
  return `<meta charset="utf-8">
<title>${escapeHtml(fullTitle)}</title>
<meta name="description" content="${escapeHtml(description)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="/assets/favicon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/assets/frame.css">
${extra}`;
}

/** A page to read: header, the page, the list of its neighbours (`aside`), footer. */
export function renderArticle(page: Page): string {
  const aside = page.aside ? `<nav class="neighbours" aria-label="Pages">${page.aside}</nav>` : '';
  return `<!doctype html>
<html lang="en">
<head>
${head(page)}
<link rel="stylesheet" href="/assets/article.css">
</head>
<body>
${header(page.path)}
<div class="columns">
<main id="content" tabindex="-1">
${page.body}
</main>
${aside}
</div>
<footer class="site-footer"><p>Appstead · <a href="/openapi.yaml">openapi.yaml</a> · <a href="/openapi.json">openapi.json</a></p></footer>
</body>
</html>
`;
}

/** A page that a reference tool fills: the header and nothing else of ours. `body` holds the element with the id \`content\`. */
export function renderTool(page: Page): string {
  return `<!doctype html>
<html lang="en">
<head>
${head(page)}
</head>
<body>
${header(page.path)}
${page.body}
</body>
</html>
`;
}
