import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const root = new URL('../../../', import.meta.url);
const directive = /^<!-- table of (\S+) -->$/gm;

/** Puts the table of a file of the repository where a text says `<!-- table of docs/… -->`; throws when the file has none. */
export async function includeTables(markdown: string): Promise<string> {
  const tables = new Map<string, string>();
  for (const [, file = ''] of markdown.matchAll(directive)) tables.set(file, await readTable(file));
  return markdown.replace(directive, (_, file: string) => tables.get(file) ?? '');
}

async function readTable(file: string): Promise<string> {
  const text = await readFile(fileURLToPath(new URL(file, root)), 'utf8');
  const rows = text.split('\n').filter((line) => line.startsWith('|'));
  if (rows.length === 0) throw new Error(`${file} has no table`);
  return rows.join('\n');
}
