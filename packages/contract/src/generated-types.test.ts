import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';

const generator = fileURLToPath(new URL('../../../scripts/generate.mjs', import.meta.url));
const contract = fileURLToPath(new URL('../golden/tricky.yaml', import.meta.url));

let folder: string;
const made = (name: string) => readFile(join(folder, name), 'utf8');

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'generated-'));
  await promisify(execFile)(process.execPath, [generator, contract, `${folder}/`]);
}, 30_000);

afterAll(() => rm(folder, { recursive: true }));

it('the types of a tricky contract stay as they were reviewed, whichever generator makes them', async () => {
  await expect(await made('types.ts')).toMatchFileSnapshot('../golden/tricky.types.txt');
});

it('the unions name every operation, and those with an audit event', async () => {
  const unions = await made('operations.ts');
  expect(unions).toContain("export type OperationId =\n  | 'getThing'\n  | 'putThing';");
  expect(unions).toContain("export type AuditedOperationId =\n  | 'putThing';");
});

it('the document and the text are the contract itself, comments of the text included', async () => {
  const text = await readFile(contract, 'utf8');
  const { contractYaml } = await import(join(folder, 'yaml.ts'));
  const { documentJson } = await import(join(folder, 'document.ts'));
  expect(contractYaml).toBe(text);
  expect(JSON.parse(documentJson).components.schemas.Email).toEqual({ type: 'string', format: 'email' });
});
