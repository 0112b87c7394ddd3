/**
 * Measures what a person waits for, in a fresh clone of the last commit: `npm run times`. `npm run times -- --without-tests` leaves out the
 * longest. Prints a Markdown table and the machine it was taken on; the packages come from npm's cache, if it has them.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, loadavg, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { argv, env, version } from 'node:process';
import { createInterface } from 'node:readline';
import { main, root } from './progress.mjs';

const clone = mkdtempSync(join(tmpdir(), 'appstead-times-'));

await main(async () => {
  try {
    const memoryGb = Math.round(totalmem() / 2 ** 30);
    console.log(`${cpus().length} cores (${cpus()[0]?.model.trim()}), ${memoryGb} GB of memory, Node.js ${version}, npm ${npmVersion()}`);
    await run('git', ['clone', '--quiet', root, clone]);
    console.log('\n| What | Seconds | Load average |\n| --- | --- | --- |');
    await row('`npm start` in a fresh clone, to the first answer', untilFirstAnswer);
    await row('`npm start` again, to the first answer', untilFirstAnswer);
    await row('`npm run generate`, everything anew', () => run('npm', ['run', 'generate', '--', '--force']));
    if (!argv.includes('--without-tests')) await row('`npm test`, checks and all tests', () => run('npm', ['test']));
    return 0;
  } finally {
    rmSync(clone, { recursive: true, force: true });
  }
});

/** Prints a row as soon as it is measured, with how busy the machine was: the figures of a busy one are too high. */
async function row(what, measure) {
  const ms = await measure();
  console.log(`| ${what} | ${(ms / 1000).toFixed(1)} | ${loadavg()[0].toFixed(1)} |`);
}

function start(command, args, stdio) {
  return spawn(command, args, { cwd: clone, env: { ...env, PORT: '0', DATA_DIR: `${clone}/.data` }, stdio });
}

function ended(child) {
  return new Promise((resolve, reject) => child.once('error', reject).once('close', resolve));
}

/** @returns {Promise<number>} milliseconds; rejects when the command fails */
async function run(command, args) {
  const startedAt = performance.now();
  const code = await ended(start(command, args, ['ignore', 'ignore', 'inherit']));
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${code}`);
  return performance.now() - startedAt;
}

/** @returns {Promise<number>} milliseconds from the command to the first answer of the server, which is then stopped */
async function untilFirstAnswer() {
  const startedAt = performance.now();
  const child = start('npm', ['start'], ['ignore', 'pipe', 'inherit']);
  const output = [];
  const end = ended(child);
  const url = await new Promise((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      output.push(line);
      const found = /^ {2}Guides +(http\S+)\/$/.exec(line);
      if (found) resolve(found[1]);
    });
    void end.then((code) => reject(new Error(`npm start ended with ${code}\n${output.join('\n')}`)));
  });
  const { status } = await fetch(`${url}/health/ready`);
  const ms = performance.now() - startedAt;
  child.kill('SIGTERM');
  const code = await end;
  if (status !== 200 || code !== 0) throw new Error(`npm start answered ${status} and ended with ${code}`);
  return ms;
}

function npmVersion() {
  return /npm\/(\S+)/.exec(env.npm_config_user_agent ?? '')?.[1] ?? 'unknown';
}
