import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Installs the packages of a new checkout, as the lockfile has them; does nothing in one that has some. Imports nothing that npm installs. */
export async function ensureInstalled() {
  if (existsSync(`${root}node_modules/.package-lock.json`)) return;
  console.log('Installing packages …');
  const install = spawn('npm', ['ci', '--no-audit', '--no-fund'], { cwd: root, stdio: 'inherit' });
  const code = await new Promise((resolve, reject) => install.once('error', reject).once('exit', resolve));
  if (code !== 0) throw new Error(`npm ci ended with ${code}`);
}
