/**
 * Keeps the present contract as the released one, which every later contract is compared with. Run when a version is published.
 * A released version never changes: another contract needs another version.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { unannouncedChanges } from './check-breaking.mjs';
import { readPresent, readReleased, releasedFile } from './released-contract.mjs';

const [released, present] = await Promise.all([readReleased(), readPresent()]);
const text = `${JSON.stringify(present, null, 2)}\n`;

if (released && text !== `${JSON.stringify(released, null, 2)}\n`) {
  if (released.info.version === present.info.version)
    throw new Error(`${present.info.version} is released already: raise info.version in openapi.yaml`);
  const problems = await unannouncedChanges(released, present);
  if (problems.length > 0) throw new Error(`info.version ${present.info.version} does not announce these changes:\n${problems.join('\n')}`);
}
await mkdir(new URL('.', releasedFile), { recursive: true });
await writeFile(releasedFile, text);
console.log(`released the contract ${present.info.version}`);
