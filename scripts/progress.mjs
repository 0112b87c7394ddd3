/** What the commands of this repository print about their steps, and how they run other programs. Imports nothing that npm installs. */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));

/** What keeps the tools from calling home. */
const quiet = { TURBO_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1', REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' };

/** A program that ended with something else than 0, and everything it had printed. */
export class ProgramFailed extends Error {
  constructor(program, code, output) {
    super(`${program} ended with ${code}`);
    this.output = output;
  }
}

/**
 * Prints what is being done and, behind it, the seconds it took. When it fails, what the failing program printed follows.
 *
 * @template T
 * @param {string} title such as `Building`
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function step(title, work) {
  const startedAt = performance.now();
  process.stdout.write(`${`${title} …`.padEnd(28)}`);
  try {
    const result = await work();
    process.stdout.write(`${secondsSince(startedAt)}\n`);
    return result;
  } catch (error) {
    process.stdout.write(`failed after ${secondsSince(startedAt)}\n`);
    if (error instanceof ProgramFailed) process.stdout.write(`\n${error.output.trim()}\n\n`);
    throw error;
  }
}

/** @param {number} startedAt of `performance.now()` @returns {string} such as `12.3 s` */
export function secondsSince(startedAt) {
  return `${((performance.now() - startedAt) / 1000).toFixed(1)} s`;
}

/**
 * Runs a program in the root of the repository.
 *
 * @param {string} program
 * @param {string[]} args
 * @param {{ show?: 'nothing' | 'output', env?: NodeJS.ProcessEnv }} options `output` shows what it prints while it prints it
 * @returns {Promise<string>} everything it printed; rejects with ProgramFailed
 */
export async function run(program, args, { show = 'nothing', env = {} } = {}) {
  const child = spawn(program, args, { cwd: root, env: { ...process.env, ...quiet, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  const chunks = [];
  for (const [from, to] of [
    [child.stdout, process.stdout],
    [child.stderr, process.stderr],
  ]) {
    from.on('data', (chunk) => {
      chunks.push(chunk);
      if (show === 'output') to.write(chunk);
    });
  }
  const code = await new Promise((resolve, reject) => child.once('error', reject).once('close', (code, signal) => resolve(code ?? signal)));
  const output = Buffer.concat(chunks).toString('utf8');
  if (code !== 0) throw new ProgramFailed(`${program} ${args.slice(0, 3).join(' ')}`, code, output);
  return output;
}

/**
 * Runs a Node.js program in the foreground: it has the terminal, and the signals that arrive here are passed on to it.
 *
 * @returns {Promise<number>} its exit code; 128 and the signal's number when a signal ended it
 */
export async function runInForeground(args, env = {}) {
  const child = spawn(process.execPath, args, { cwd: root, env: { ...process.env, ...quiet, ...env }, stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
  return new Promise((resolve, reject) => {
    child.once('error', reject).once('exit', (code, signal) => resolve(code ?? 128 + constants.signals[signal]));
  });
}

/** Runs the body of a command: what it throws ends the process with 1 and one line, no stack. */
export async function main(command) {
  try {
    process.exitCode = await command();
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
