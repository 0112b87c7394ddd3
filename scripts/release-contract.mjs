/**
 * Keeps the present contract as the released one, which every later contract is compared with. Run when a version is published.
 * A released version never changes: another contract needs another version.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { unannouncedChanges } from './check-breaking.mjs';
import { isMain } from './is-main.mjs';
import { main } from './progress.mjs';
import { readPresent, readReleased, releasedFile } from './released-contract.mjs';

/** @returns {Promise<string[]>} why the present contract cannot be released after the released one; `undefined` stands for none */
export async function releaseProblems(released, present) {
  if (!released || textOf(released) === textOf(present)) return [];
  const { version } = present.info;
  if (released.info.version === version)
    return [`${version} is released already with another contract: raise info.version in openapi.yaml`];
  const changes = await unannouncedChanges(released, present);
  return changes.map((change) => `${version} does not announce: ${change}`);
}

function textOf(contract) {
  return `${JSON.stringify(contract, null, 2)}\n`;
}

async function release() {
  const [released, present] = await Promise.all([readReleased(), readPresent()]);
  const problems = await releaseProblems(released, present);
  if (problems.length > 0) throw new Error(problems.join('\n'));
  await mkdir(new URL('.', releasedFile), { recursive: true });
  await writeFile(releasedFile, textOf(present));
  console.log(`released the contract ${present.info.version}`);
}

if (isMain(import.meta.url)) await main(release);
