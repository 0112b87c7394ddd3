/**
 * Runs the workflows of workflows/ against a server, with every answer held against the contract: `node scripts/respect.mjs`. It starts a server
 * from source on a free port, with an empty embedded database in a temporary folder, and ends it afterwards; `--url http://…` takes one that
 * runs. Ends in a line `N passed, N failed`, which counts steps, and with 1 when anything failed.
 */
import './require-node.mjs';
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execPath } from 'node:process';
import { parseArgs } from 'node:util';
import { isMain } from './is-main.mjs';
import { main, ProgramFailed, root, run } from './progress.mjs';
import { withoutBanner } from './run-redocly.mjs';

const workflow = 'workflows/life.arazzo.yaml';
const serverArgs = ['--import', 'tsx', '--conditions=@appstead/source', 'apps/api/src/main.ts'];

if (isMain(import.meta.url)) {
  await main(async () => {
    const { url } = parseArgs({ options: { url: { type: 'string' } } }).values;
    return url ? walk(url) : onOwnServer(walk);
  });
}

/** Runs the workflow and shows what Redocly says of it; gives 0 when every step held. */
async function walk(url) {
  // Addresses that nobody has, so that it can be run on the same server again.
  const inputs = { owner_email: `ada-${randomUUID()}@example.com`, member_email: `grace-${randomUUID()}@example.com` };
  const args = ['respect', workflow, '--server', `appstead=${url}`, '--input', JSON.stringify(inputs)];
  const output = await run(execPath, ['node_modules/@redocly/cli/bin/cli.js', ...args]).catch((error) => {
    if (error instanceof ProgramFailed) return error.output;
    throw error;
  });
  console.log(withoutBanner(output));
  const { passed, failed } = countSteps(output);
  console.log(`\n${passed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

/**
 * What the summary of `redocly respect` counts. A run that ended without a summary, or without a step, counts as one failure.
 *
 * @param {string} output
 * @returns {{ passed: number, failed: number }}
 */
export function countSteps(output) {
  const [, summary = ''] = /^\s*Steps: (.*)$/m.exec(output) ?? [];
  const of = (what) => Number(new RegExp(`(\\d+) ${what}`).exec(summary)?.[1] ?? 0);
  return of('total') === 0 ? { passed: 0, failed: 1 } : { passed: of('passed'), failed: of('total') - of('passed') };
}

/** Does the work on a server of its own, which is ended afterwards, with the folder of its data. */
async function onOwnServer(work) {
  const folder = await mkdtemp(join(tmpdir(), 'appstead-respect.'));
  const env = { ...process.env, DATABASE_URL: '', PUBLIC_URL: '', PORT: '0', HOST: '127.0.0.1', DATA_DIR: folder, LOG_LEVEL: 'warn' };
  const child = spawn(execPath, serverArgs, { cwd: root, env, stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    return await work(await announcedUrl(child));
  } finally {
    child.kill('SIGTERM');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    await rm(folder, { recursive: true, force: true });
  }
}

/** Where the server says that it is reached; rejects with what it printed when it ends before. */
function announcedUrl(child) {
  return new Promise((resolve, reject) => {
    let text = '';
    // Read to the end, so that what it prints further does not fill the pipe.
    child.stdout.on('data', (chunk) => {
      text += chunk;
      const [, url] = /^ +Guides +(http:\S+?)\/$/m.exec(text) ?? [];
      if (url) resolve(url);
    });
    child.once('error', reject).once('exit', () => reject(new Error(`The server did not start.\n${text}`)));
  });
}
