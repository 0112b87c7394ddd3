/** Lints openapi.yaml with Redocly: the recommended rules, strictly, and the house rules. */
import { reportProblems } from './report-problems.mjs';
import { runRedocly } from './run-redocly.mjs';

const [report] = await runRedocly(['lint', 'openapi.yaml']);
const problems = report.problems.map(({ ruleId, message, location: [place] }) => {
  const { line, col } = place.start ?? { line: 1, col: 1 };
  return `openapi.yaml:${line}:${col} ${ruleId}: ${message} ${place.pointer ?? ''}`.trimEnd();
});
reportProblems(problems, `openapi.yaml, Redocly ${report.version}`);
