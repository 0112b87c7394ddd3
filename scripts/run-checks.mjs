import { delimiter } from 'node:path';
import { ProgramFailed, root, run, secondsSince } from './progress.mjs';

const env = { PATH: `${root}node_modules/.bin${delimiter}${process.env.PATH}` };

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
    const [program, ...args] = command.split(' ');
    try {
      const output = await run(program, args, { env });
      const figure = command.includes('scripts/check-') ? ` (${output.trim().split('\n').at(-1)})` : '';
      write(`ok ${secondsSince(startedAt)}${figure}\n`);
    } catch (error) {
      if (!(error instanceof ProgramFailed)) throw error;
      failed.push(name);
      write(`FAILED ${secondsSince(startedAt)}\n\n${error.output.trim().replace(/^/gm, '    ')}\n\n`);
    }
  }
  return failed;
}
