/**
 * Ends a check: prints what is wrong, one line each, and the figure that `npm run check` shows beside its name.
 * Sets the exit code, so that every check can be run alone.
 *
 * @param {string[]} problems
 * @param {string} checked what was looked at, such as `20 operations`
 */
export function reportProblems(problems, checked) {
  for (const problem of problems) console.log(problem);
  console.log(problems.length === 0 ? checked : `${checked}: ${problems.length} ${problems.length === 1 ? 'problem' : 'problems'}`);
  if (problems.length > 0) process.exitCode = 1;
}
