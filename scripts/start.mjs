/**
 * Starts Appstead, from a fresh clone or from what is there: `npm start`. Installs the packages when they are missing or not those of
 * package-lock.json, builds what changed, and runs the server in the foreground. Configured by the variables of docs/configuration.md.
 */
import './require-node.mjs';
import { ensureInstalled } from './ensure-installed.mjs';
import { main, root, run, runInForeground, step } from './progress.mjs';

await main(async () => {
  await ensureInstalled();
  const turbo = ['run', 'build', '--filter=@appstead/api...', '--output-logs=errors-only', '--concurrency=2'];
  await step('Building', () => run(`${root}node_modules/.bin/turbo`, turbo));
  return runInForeground(['apps/api/dist/main.js']);
});
