import { readDocument } from '@appstead/contract/document';
import { describe, expect, it } from 'vitest';
import { codeBlocks } from './markdown.ts';
import { readProblemPages } from './problems.ts';
import { faultsOf } from './testing/contract-schemas.ts';

const contract = readDocument();
const pages = await readProblemPages();

type Example = { code: string; status: number; title: string; detail: string; error: string; type: string };

function exampleOf(markdown: string): Example {
  const blocks = codeBlocks(markdown, 'json');
  expect(blocks).toHaveLength(1);
  return JSON.parse(blocks[0] ?? '');
}

describe('the problem pages', () => {
  it('are exactly the problem codes of the contract', () => {
    const codes = contract.components.schemas.ProblemCode?.enum as string[];
    expect(pages.map(({ code }) => code).sort()).toEqual([...codes].sort());
  });

  it.each(Object.entries(contract.components.responses))(
    'have the title and status of the example of %s in the contract',
    (_name, response) => {
      const example = response.content?.['application/problem+json']?.example as Example;
      expect(pages.find(({ code }) => code === example.code)).toMatchObject({ title: example.title, status: example.status });
    },
  );

  describe.each(pages)('$code', ({ code, status, title, markdown }) => {
    it('says what it means, why it happens and what to do', () => {
      expect(markdown.trimStart()).not.toMatch(/^#/);
      expect(markdown.match(/^## .*$/gm)).toEqual(['## Why it happens', '## What to do', '## Example']);
    });

    it('shows a body that the contract allows, of this very problem', () => {
      const example = exampleOf(markdown);
      expect(faultsOf(example, '/components/schemas/Problem')).toBe('');
      expect(example).toMatchObject({ code, status, title, error: example.detail, type: `http://localhost:3000/problems/${code}` });
    });
  });
});
