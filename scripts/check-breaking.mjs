/** The contract breaks no caller of the last release, unless its version says so. */
import { announcesBreaking, breakingChanges, isOlder } from './contract-changes.mjs';
import { isMain } from './is-main.mjs';
import { readPresent, readReleased } from './released-contract.mjs';
import { reportProblems } from './report-problems.mjs';

/** @returns {Promise<string[]>} the breaking changes that the version of the present contract does not announce */
export async function unannouncedChanges(released, present) {
  const [was, is] = [released.info.version, present.info.version];
  if (isOlder(is, was)) return [`info.version is ${is}, older than the released ${was}`];
  return announcesBreaking(was, is) ? [] : breakingChanges(released, present);
}

if (isMain(import.meta.url)) {
  const [released, present] = await Promise.all([readReleased(), readPresent()]);
  if (!released) reportProblems([], 'no contract was released yet (scripts/release-contract.mjs)');
  else {
    const problems = await unannouncedChanges(released, present);
    reportProblems(problems, `${present.info.version} against the released ${released.info.version}`);
    if (problems.length > 0)
      console.log('Keep what callers rely on, or raise info.version in openapi.yaml: the first number, before 1.0.0 the second.');
  }
}
