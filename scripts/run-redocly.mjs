import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { root } from './progress.mjs';

const cli = fileURLToPath(new URL('../node_modules/@redocly/cli/bin/cli.js', import.meta.url));
const quiet = { REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true', DO_NOT_TRACK: '1' };

/**
 * Runs the Redocly CLI with `--format=json` and gives its reports, one per file.
 *
 * The reports are alone on stdout; banner and progress go to stderr. A plugin that throws ends the run with an empty stdout, so a run
 * without a report is an error here, never an empty list of problems.
 *
 * @param {string[]} args such as `['lint', 'openapi.yaml']`
 * @param {string} cwd the folder whose redocly.yaml applies
 * @returns {Promise<object[]>} the parsed reports; rejects with what Redocly said when there is none
 */
export async function runRedocly(args, cwd = root) {
  // By default lint stops to tell after a hundred problems, and one shared mistake alone can make those.
  const all = args[0] === 'lint' ? ['--max-problems=100000'] : [];
  const run = spawn(process.execPath, [cli, ...args, ...all, '--format=json'], { cwd, env: { ...process.env, ...quiet } });
  const [stdout, stderr, code] = await Promise.all([textOf(run.stdout), textOf(run.stderr), exitOf(run)]);
  const reports = reportsIn(stdout);
  if (reports.length > 0) return reports;
  throw new Error(`redocly ${args[0]} gave no report (exit code ${code}):\n${withoutBanner(stderr)}`);
}

/** Redocly's words without the box that says that Node 20 support is ending. */
export function withoutBanner(text) {
  return text
    .split('\n')
    .filter((line) => !/^\s*[╔║╚]/.test(line))
    .join('\n')
    .trim();
}

/** Redocly writes the reports of several files one behind the other, each as an indented object. */
function reportsIn(stdout) {
  return stdout
    .trim()
    .split(/(?<=^\})(?=\{)/m)
    .filter((text) => text !== '')
    .map((text) => JSON.parse(text));
}

async function textOf(stream) {
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

function exitOf(child) {
  return new Promise((resolve, reject) => child.once('error', reject).once('close', resolve));
}
