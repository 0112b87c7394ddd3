import hljs from 'highlight.js/lib/core';
import bash from 'highlight.js/lib/languages/bash';
import http from 'highlight.js/lib/languages/http';
import ini from 'highlight.js/lib/languages/ini';
import json from 'highlight.js/lib/languages/json';
import typescript from 'highlight.js/lib/languages/typescript';
import yaml from 'highlight.js/lib/languages/yaml';
import { Marked, type Token, type Tokens } from 'marked';
import { gfmHeadingId } from 'marked-gfm-heading-id';
import { parse as parseYaml } from 'yaml';
import { escapeHtml } from './escape-html.ts';

const languages = { http, ini, json, sh: bash, ts: typescript, yaml };
for (const [name, language] of Object.entries(languages)) hljs.registerLanguage(name, language);

export type MarkdownFile = {
  frontMatter: Record<string, unknown>;
  /** The text after the front matter. */
  markdown: string;
};

/** Splits a file into its YAML front matter and its Markdown; throws when there is no front matter. */
export function readMarkdown(text: string): MarkdownFile {
  const match = /^---\n(.*?)\n---\n(.*)$/s.exec(text);
  if (!match) throw new Error('a Markdown file must begin with front matter between two lines of ---');
  return { frontMatter: parseYaml(match[1] ?? ''), markdown: match[2] ?? '' };
}

/** HTML of a Markdown text: headings with GitHub's ids, code coloured, code and tables in regions that scroll by keyboard too. */
export function renderMarkdown(markdown: string): string {
  const marked = new Marked(gfmHeadingId(), {
    renderer: {
      code({ text, lang }: Tokens.Code) {
        const html = lang && hljs.getLanguage(lang) ? hljs.highlight(text, { language: lang }).value : escapeHtml(text);
        return `<pre tabindex="0"><code class="language-${lang || 'text'}">${html}</code></pre>\n`;
      },
    },
    hooks: {
      postprocess: (html) => html.replaceAll('<table>', '<div class="table" tabindex="0"><table>').replaceAll('</table>', '</table></div>'),
    },
  });
  return marked.parse(markdown, { async: false });
}

/** The fenced code blocks of a Markdown text in one language, in order. */
export function codeBlocks(markdown: string, language: string): string[] {
  return new Marked()
    .lexer(markdown)
    .filter((token): token is Tokens.Code => token.type === 'code' && token.lang === language)
    .map((token) => token.text);
}

/** The first paragraph as plain text, for the description of a page; throws when there is none. */
export function firstParagraph(markdown: string): string {
  const paragraph = new Marked().lexer(markdown).find((token): token is Tokens.Paragraph => token.type === 'paragraph');
  if (!paragraph) throw new Error('a page must have a paragraph');
  return plainText(paragraph.tokens).replace(/\s+/g, ' ');
}

function plainText(tokens: Token[]): string {
  return tokens.map((token) => ('tokens' in token && token.tokens ? plainText(token.tokens) : 'text' in token ? token.text : '')).join('');
}
