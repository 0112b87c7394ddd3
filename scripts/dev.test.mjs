import { spawn } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const main = (word) => `import { readDocument } from '../../../packages/contract/src/document.ts';
console.log('${word} ' + readDocument().info.version);
const alive = setInterval(() => {}, 60_000);
process.once('SIGTERM', () => clearInterval(alive));
`;

let folder;
let dev;
let lines;

/** Waits for a line of output; the test's time limit ends the wait. */
async function output(wanted) {
  for await (const line of lines) if (line.includes(wanted)) return line;
  throw new Error(`npm run dev ended without saying "${wanted}"`);
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dev-'));
  await mkdir(join(folder, 'apps/api/src'), { recursive: true });
  await mkdir(join(folder, 'docs'));
  await Promise.all([
    ...['openapi.yaml', 'package.json', 'scripts', 'packages/contract'].map((path) =>
      cp(join(root, path), join(folder, path), { recursive: true, filter: (source) => !/\/(generated|dist|node_modules)$/.test(source) }),
    ),
    // What is installed is taken for what is wanted: an installation would go through the link and into the real folder.
    cp(join(root, 'node_modules/.package-lock.json'), join(folder, 'package-lock.json')),
    symlink(join(root, 'node_modules'), join(folder, 'node_modules')),
    writeFile(join(folder, 'apps/api/src/main.ts'), main('serving')),
  ]);
  dev = spawn(process.execPath, ['scripts/dev.mjs'], { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] });
  lines = createInterface({ input: dev.stdout })[Symbol.asyncIterator]();
  lines.return = undefined; // else the first loop that finds its line would close it for the next
});

afterAll(async () => {
  dev.kill();
  await rm(folder, { recursive: true, maxRetries: 5 });
});

it('generates, serves, follows the contract and the sources, survives a broken contract, and stops when asked', {
  timeout: 240_000,
}, async () => {
  const contract = join(folder, 'openapi.yaml');
  const text = await readFile(contract, 'utf8');
  const version = /^ {2}version: (\S+)$/m.exec(text)?.[1];
  const numbered = (other) => text.replace(`version: ${version}`, `version: ${other}`);
  expect(await output('serving')).toBe(`serving ${version}`);

  await writeFile(contract, numbered('1000.0.1'));
  expect(await output('serving')).toBe('serving 1000.0.1');

  await writeFile(join(folder, 'apps/api/src/main.ts'), main('again'));
  expect(await output('again')).toBe('again 1000.0.1');

  await writeFile(contract, 'paths: [');
  await output('goes on with the last contract');
  await writeFile(contract, numbered('1000.0.2'));
  expect(await output('again 1000.0.2')).toBe('again 1000.0.2');

  const ended = new Promise((resolve) => dev.once('exit', resolve));
  dev.kill('SIGTERM');
  await ended;
});
