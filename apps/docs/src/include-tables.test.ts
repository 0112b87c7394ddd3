import { describe, expect, it } from 'vitest';
import { includeTables } from './include-tables.ts';

describe('includeTables', () => {
  it('puts the table of a file where the text asks for it', async () => {
    const text = await includeTables('Before\n\n<!-- table of docs/configuration.md -->\n\nAfter\n');
    expect(text).toMatch(/^Before\n\n\| Variable \|.*\n(\|.*\n)+\nAfter\n$/);
    expect(text).toContain('| `PORT` |');
  });

  it('refuses a file without a table, which would leave a hole in the page', async () => {
    await expect(includeTables('<!-- table of LICENSE -->')).rejects.toThrow(/LICENSE has no table/);
  });
});
