/**
 * Runs the server from source while you work: a change of openapi.yaml makes the generated code anew, and a change of any source, generated
 * or not, restarts the server. In a new checkout it installs the packages first.
 */
import { spawn } from 'node:child_process';
import { watch } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ensureInstalled } from './ensure-installed.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const server = ['--watch', '--watch-preserve-output', '--import', 'tsx', '--conditions=@appstead/source', 'apps/api/src/main.ts'];
const children = new Set();

await ensureInstalled();
if ((await generate()) !== 0) process.exit(1);

const regenerate = oneAtATime(async () => {
  if ((await generate()) !== 0) console.log('The server goes on with the last contract that could be read.');
});
const watcher = watch(root, (_event, name) => {
  if (name === 'openapi.yaml') regenerate(); // the folder is watched, because editors replace the file
});
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => {
    watcher.close();
    for (const child of children) child.kill(signal);
  });
}
process.exitCode = await run(server);
watcher.close();

function generate() {
  return run(['scripts/generate.mjs']);
}

/** Runs Node in the repository with its output shown; resolves to its exit code. */
function run(args) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd: root, stdio: 'inherit' });
    children.add(child);
    child.once('error', reject).once('exit', (code) => {
      children.delete(child);
      resolve(code ?? 0);
    });
  });
}

/** Asked while the task runs, it runs once more afterwards, however often it was asked. */
function oneAtATime(task) {
  const state = { asked: false, isRunning: false };
  return async () => {
    state.asked = true;
    if (state.isRunning) return;
    state.isRunning = true;
    while (state.asked) {
      state.asked = false;
      await task();
    }
    state.isRunning = false;
  };
}
