import { describe, expect, it } from 'vitest';
import { codeBlocks, firstParagraph, readMarkdown, renderMarkdown } from './markdown.ts';

describe('Markdown', () => {
  it('refuses a file without front matter', () => {
    expect(() => readMarkdown('# Title\n')).toThrow(/front matter/);
  });

  it('gives headings the ids that links to them use', () => {
    expect(renderMarkdown('## In TypeScript\n')).toContain('<h2 id="in-typescript">');
  });

  it('lets a keyboard reach code and tables, which may be wider than the page', () => {
    expect(renderMarkdown('```sh\nls\n```\n')).toMatch(/<pre tabindex="0">/);
    expect(renderMarkdown('| a |\n| - |\n| b |\n')).toMatch(/<div class="table" tabindex="0"><table>[\s\S]*<\/table><\/div>/);
  });

  it('escapes code in a language it does not know', () => {
    expect(renderMarkdown('```\n<b>\n```\n')).toContain('&lt;b&gt;');
  });

  it('finds the code of one language and the first sentence of a page', () => {
    const markdown = 'What `it`\nis.\n\n```ts\nlet a;\n```\n\n```sh\nls\n```\n';
    expect(codeBlocks(markdown, 'ts')).toEqual(['let a;']);
    expect(firstParagraph(markdown)).toBe('What it is.');
  });
});
