import { spawn } from 'node:child_process';
import { delimiter } from 'node:path';
import { fileURLToPath } from 'node:url';
import { quietEnvironment } from './run-redocly.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

/**
 * Runs checks one after another, all of them even when one fails, and says how each went; what a failed one printed is shown.
 *
 * @param {{ name: string, about: string, command: string }[]} checks commands are split at blanks and run in the root of the repository
 * @param {(text: string) => void} write
 * @returns {Promise<string[]>} the names of those that failed
 */
export async function runChecks(checks, write) {
  const failed = [];
  for (const { name, about, command } of checks) {
    write(`${name.padEnd(11)} ${about.padEnd(54)} `);
    const startedAt = performance.now();
    const { code, output } = await run(command);
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
    if (code === 0) {
      const figure = command.includes('scripts/check-') ? ` (${output.split('\n').at(-1)})` : '';
      write(`ok ${seconds} s${figure}\n`);
    } else {
      failed.push(name);
      write(`FAILED ${seconds} s\n\n${output.replace(/^/gm, '    ')}\n\n`);
    }
  }
  return failed;
}

/** Runs a command line; gives its exit code and everything it printed, without the blanks around it. */
async function run(command) {
  const [file, ...args] = command.split(' ');
  const path = `${root}node_modules/.bin${delimiter}${process.env.PATH}`;
  const child = spawn(file, args, {
    cwd: root,
    env: { ...process.env, ...quietEnvironment, PATH: path },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const chunks = [];
  child.stdout.on('data', (chunk) => chunks.push(chunk));
  child.stderr.on('data', (chunk) => chunks.push(chunk));
  const code = await new Promise((resolve, reject) => child.once('error', reject).once('close', resolve));
  return { code, output: Buffer.concat(chunks).toString('utf8').trim() };
}
