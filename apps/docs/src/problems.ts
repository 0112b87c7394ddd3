import { readdir, readFile } from 'node:fs/promises';
import { STATUS_CODES } from 'node:http';
import { fileURLToPath } from 'node:url';
import { escapeHtml } from './escape-html.ts';
import { firstParagraph, readMarkdown, renderMarkdown } from './markdown.ts';
import { linkList, type Page, type PageLink } from './page.ts';

const problemsDir: string = fileURLToPath(new URL('../problems', import.meta.url));

/** A page about a problem code. `title` and `status` are those of the answers that carry the code. */
export type ProblemPage = { code: string; path: string; title: string; status: number; markdown: string };

/** All problem pages, by status and then by code; throws when a front matter lacks `title` or `status`. */
export async function readProblemPages(): Promise<ProblemPage[]> {
  const files = (await readdir(problemsDir)).filter((file) => file.endsWith('.md'));
  const pages = await Promise.all(files.map(readProblemPage));
  return pages.sort((a, b) => a.status - b.status || a.code.localeCompare(b.code, 'en'));
}

async function readProblemPage(file: string): Promise<ProblemPage> {
  const { frontMatter, markdown } = readMarkdown(await readFile(`${problemsDir}/${file}`, 'utf8'));
  const { title, status } = frontMatter;
  if (typeof title !== 'string' || typeof status !== 'number') throw new Error(`${file}: the front matter needs title and status`);
  const code = file.slice(0, -'.md'.length);
  return { code, path: `/problems/${code}/`, title, status, markdown };
}

/** One page per problem code at the path its `type` points to, beside those of the same status, and the table of all. */
export function problemPages(problems: ProblemPage[]): Page[] {
  const pages = problems.map(({ code, path, title, status, markdown }) => ({
    path,
    title,
    description: firstParagraph(markdown),
    aside: `<p>Problems with status ${status}</p>\n${linkList(siblings(problems, status), path)}`,
    body: `<h1>${escapeHtml(title)}</h1>
<p class="problem"><span class="status">${status} ${STATUS_CODES[status]}</span> <code>${code}</code></p>
${renderMarkdown(markdown)}`,
  }));
  return [problemIndex(problems), ...pages];
}

function siblings(problems: ProblemPage[], status: number): PageLink[] {
  return problems.filter((problem) => problem.status === status).map(({ path, code }) => ({ path, label: code }));
}

function problemIndex(problems: ProblemPage[]): Page {
  const rows = problems.map(
    ({ code, path, title, status }) =>
      `<tr><td>${status}</td><td><a href="${path}"><code>${code}</code></a></td><td>${escapeHtml(title)}</td></tr>`,
  );
  return {
    path: '/problems/',
    title: 'Problems',
    description: 'Every problem code an Appstead server can answer with, with its status and its page.',
    body: `<h1>Problems</h1>
<p>Every error is a problem (RFC 9457) with a <code>code</code> that does not change. How to read one: <a href="/guides/errors/">Errors</a>.</p>
<div class="table" tabindex="0"><table>
<thead><tr><th scope="col">Status</th><th scope="col">Code</th><th scope="col">Title</th></tr></thead>
<tbody>
${rows.join('\n')}
</tbody>
</table></div>`,
  };
}
