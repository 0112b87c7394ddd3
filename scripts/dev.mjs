/**
 * Runs the server from source while you work: `npm run dev`. A change of openapi.yaml makes the generated code anew, and a change of any
 * source, generated or not, restarts the server. In a new checkout it installs the packages first.
 */
import './require-node.mjs';
import { watch } from 'node:fs';
import { execPath } from 'node:process';
import { ensureInstalled } from './ensure-installed.mjs';
import { main, ProgramFailed, root, run, runInForeground } from './progress.mjs';

const server = ['--watch', '--watch-preserve-output', '--import', 'tsx', '--conditions=@appstead/source', 'apps/api/src/main.ts'];

await main(async () => {
  await ensureInstalled();
  await generate();
  const regenerate = oneAtATime(() => generate().catch(goOn));
  const watcher = watch(root, (_event, name) => {
    if (name === 'openapi.yaml') regenerate(); // the folder is watched, because editors replace the file
  });
  try {
    return await runInForeground(server);
  } finally {
    watcher.close();
  }
});

function generate() {
  return run(execPath, ['scripts/generate.mjs'], { show: 'output' });
}

function goOn(error) {
  if (!(error instanceof ProgramFailed)) throw error;
  console.log('The server goes on with the last contract that could be read.');
}

/** Asked while the task runs, it runs once more afterwards, however often it was asked. */
function oneAtATime(task) {
  const state = { isAsked: false, isRunning: false };
  return async () => {
    state.isAsked = true;
    if (state.isRunning) return;
    state.isRunning = true;
    while (state.isAsked) {
      state.isAsked = false;
      await task();
    }
    state.isRunning = false;
  };
}
