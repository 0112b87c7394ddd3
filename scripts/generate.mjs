/**
 * Makes packages/contract/src/generated from openapi.yaml: the types (openapi-typescript), the document, the YAML as written,
 * and the unions that let the compiler see what the contract says of an operation beyond its types.
 * Also rewrites docs/operations.md, the reviewable table of the surface.
 *
 * The contract is one file without outside references, so parsing it is bundling it; an outside `$ref` is refused here.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import openapiTypescript, { astToString } from 'openapi-typescript';
import { parse } from 'yaml';
import { operationsOf, operationsTable, operationUnions } from './generate-operations.mjs';
import { isMain } from './is-main.mjs';
import { main } from './progress.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const banner = '// Made from openapi.yaml by `npm run generate`. Do not edit.\n';

/** @returns {object} the contract, parsed; throws on YAML errors and on references that leave the file. */
export function parseContract(text) {
  const contract = parse(text);
  JSON.stringify(contract, (key, value) => {
    if (key === '$ref' && typeof value === 'string' && !value.startsWith('#/')) {
      throw new Error(`openapi.yaml must stand alone, but it refers to ${value}`);
    }
    return value;
  });
  return contract;
}

/** Types of a contract, as TypeScript source. Kept behind this function so that the generator can be replaced. */
export async function typesOf(contract) {
  const nodes = await openapiTypescript(structuredClone(contract), {
    defaultNonNullable: false,
    rootTypes: true,
    rootTypesNoSchemaPrefix: true,
    rootTypesKeepCasing: true,
  });
  return astToString(nodes);
}

async function generate() {
  const source = process.argv[2] ?? `${root}openapi.yaml`;
  const target = process.argv[3] ?? `${root}packages/contract/src/generated/`;
  const text = await readFile(source, 'utf8');
  const contract = parseContract(text);
  await mkdir(target, { recursive: true });
  const files = {
    'types.ts': banner + (await typesOf(contract)),
    'document.ts': `${banner}export const documentJson: string = ${JSON.stringify(JSON.stringify(contract))};\n`,
    'yaml.ts': `${banner}export const contractYaml: string = ${JSON.stringify(text)};\n`,
    'operations.ts': banner + operationUnions(contract),
  };
  await Promise.all(Object.entries(files).map(([name, content]) => writeChanged(`${target}${name}`, content)));
  if (!process.argv[2]) await writeChanged(`${root}docs/operations.md`, operationsTable(contract));
  console.log(`generated types and document for ${operationsOf(contract).length} operations`);
}

/** Leaves a file that is current alone, so that whatever watches it or builds from it has nothing to do. */
async function writeChanged(file, content) {
  const present = await readFile(file, 'utf8').catch(() => undefined);
  if (present !== content) await writeFile(file, content);
}

if (isMain(import.meta.url)) await main(generate);
