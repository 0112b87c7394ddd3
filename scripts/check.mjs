/**
 * Checks everything that can be known without running the server: `npm run check`, or some of it: `npm run check -- lint examples`.
 * Exits 1 when a check failed.
 */
import { checks } from './checks.mjs';
import { ensureInstalled } from './ensure-installed.mjs';
import { runChecks } from './run-checks.mjs';

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !checks.some((check) => check.name === name));
if (unknown.length > 0) {
  console.error(`There is no check ${unknown.join(', ')}. There are ${checks.map(({ name }) => name).join(', ')}.`);
  process.exit(2);
}
await ensureInstalled();
const selected = checks.filter(({ name }) => asked.length === 0 || asked.includes(name));
const failed = await runChecks(selected, (text) => process.stdout.write(text));
if (failed.length > 0) {
  console.log(`Once more, alone: npm run check -- ${failed.join(' ')}`);
  process.exitCode = 1;
}
console.log(`\nchecks: ${selected.length - failed.length} passed, ${failed.length} failed`);
