import { readFile } from 'node:fs/promises';
import { parseContract } from './generate.mjs';

const present = new URL('../openapi.yaml', import.meta.url);

/** Where the contract of the last release is kept. */
export const releasedFile = new URL('../contract/released/openapi.json', import.meta.url);

/** The contract as it is now, parsed. */
export async function readPresent() {
  return parseContract(await readFile(present, 'utf8'));
}

/** The contract of the last release, parsed; undefined before the first one. */
export async function readReleased() {
  try {
    return JSON.parse(await readFile(releasedFile, 'utf8'));
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}
