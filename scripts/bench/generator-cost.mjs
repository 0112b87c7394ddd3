import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import { syntheticContract } from './synthetic-contract.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Seconds of our generator (types, document, unions) over seconds of the openapi-typescript command on the same 600 operations. */
export async function generatorCost(rounds) {
  const folder = mkdtempSync(join(tmpdir(), 'appstead-generate-'));
  const source = join(folder, 'contract.yaml');
  writeFileSync(source, stringify(syntheticContract(600)));
  const ours = () => seconds(process.execPath, [`${root}scripts/generate.mjs`, source, `${folder}/out/`]);
  const reference = () =>
    seconds(process.execPath, [`${root}node_modules/openapi-typescript/bin/cli.js`, source, '-o', `${folder}/types.ts`]);
  const rows = [];
  try {
    for (let round = 0; round < rounds; round++) {
      const pair = round % 2 === 0 ? [ours(), reference()] : [reference(), ours()].reverse();
      rows.push({ ratio: pair[0] / pair[1], a: { seconds: pair[0] }, b: { seconds: pair[1] } });
      process.stdout.write(` ${rows.at(-1).ratio.toFixed(2)}`);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return rows;
}

function seconds(command, args) {
  const before = performance.now();
  // openapi-typescript takes a redocly.yaml it finds; there is none where it runs.
  execFileSync(command, args, { stdio: ['ignore', 'ignore', 'inherit'], cwd: tmpdir() });
  return (performance.now() - before) / 1000;
}
