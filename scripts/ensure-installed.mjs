import { readFileSync } from 'node:fs';
import { env, execPath } from 'node:process';
import { ProgramFailed, root, run, step } from './progress.mjs';

const leastNpm = 10;

/**
 * Installs the packages as package-lock.json has them; does nothing when they are there. Imports nothing that npm installs.
 * Rejects when npm is missing, too old, or fails.
 */
export async function ensureInstalled() {
  if (isInstalled()) return;
  await requireNpm();
  // No package here needs a script of its own at install, and some would call home in one.
  await step('Installing packages', () => run(...npm('ci', '--ignore-scripts', '--no-audit', '--no-fund')));
}

/** Whether node_modules is what package-lock.json says: npm keeps a lockfile of what it really installed in there. */
function isInstalled() {
  const wanted = packagesIn(`${root}package-lock.json`);
  const installed = packagesIn(`${root}node_modules/.package-lock.json`);
  if (!wanted || !installed) return false;
  const same = (name) => installed[name]?.version === wanted[name]?.version && installed[name]?.integrity === wanted[name]?.integrity;
  // '' is the repository itself; packages for other platforms are locked and not installed.
  const expected = Object.keys(wanted).filter((name) => name !== '' && (installed[name] || !wanted[name].optional));
  return expected.every((name) => installed[name] && same(name)) && Object.keys(installed).every((name) => wanted[name]);
}

function packagesIn(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages;
  } catch {
    return undefined;
  }
}

async function requireNpm() {
  const version = await run(...npm('--version')).catch((error) => {
    if (error instanceof ProgramFailed) throw error;
    throw new Error('Appstead needs npm, which comes with Node.js, and it is not on the PATH.');
  });
  if (Number.parseInt(version, 10) >= leastNpm) return;
  throw new Error(`Appstead needs npm ${leastNpm} or later, and this is ${version.trim()}. Install it with: npm install -g npm@latest`);
}

/** The npm that this command was started by, so that there is one in play; else that of the PATH. */
function npm(...args) {
  const cli = env.npm_execpath;
  return cli?.endsWith('npm-cli.js') ? [execPath, [cli, ...args]] : ['npm', args];
}
