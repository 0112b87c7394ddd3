import { type CaseResult, cut } from './results.ts';
import type { Run } from './run.ts';

/** What a run found, for people and for programs. */
export type Report = {
  baseUrl: string;
  contract: { title: string; version: string };
  seed: number;
  startedAt: string;
  durationMs: number;
  requests: number;
  passed: number;
  failed: number;
  notChecked: number;
  /** Per operation, how often each declared status was answered. */
  coverage: { operationId: string; statuses: Record<string, number> }[];
  checks: { name: string; title: string; passed: number; failed: number; notChecked: number; durationMs: number }[];
  /** Every case that did not pass. */
  open: CaseResult[];
  /** What failed, a line each: what a test expects to be empty. */
  failures: string[];
  notes: string[];
};

export type CheckTime = { name: string; title: string; durationMs: number };

export function makeReport(run: Run, times: CheckTime[], startedAt: Date): Report {
  const { cases, notes } = run.results;
  const count = (outcome: CaseResult['outcome'], check?: string) =>
    cases.filter((each) => each.outcome === outcome && (check === undefined || each.check === check)).length;
  return {
    baseUrl: run.target.baseUrl,
    contract: { title: run.contract.document.info.title, version: run.contract.document.info.version },
    seed: run.seed,
    startedAt: startedAt.toISOString(),
    durationMs: Date.now() - startedAt.getTime(),
    requests: run.recorder.requests,
    passed: count('passed'),
    failed: count('failed'),
    notChecked: count('not checked'),
    coverage: run.operations.map((operation) => ({
      operationId: operation.id,
      statuses: Object.fromEntries([...operation.responses.keys()].map((status) => [status, run.recorder.count(operation.id, status)])),
    })),
    checks: times.map(({ name, title, durationMs }) => ({
      name,
      title,
      passed: count('passed', name),
      failed: count('failed', name),
      notChecked: count('not checked', name),
      durationMs,
    })),
    open: cases.filter(({ outcome }) => outcome !== 'passed'),
    failures: cases.filter(({ outcome }) => outcome === 'failed').map((each) => `${place(each)}: ${each.message}`),
    notes: [...new Set(notes)],
  };
}

/** The report as Markdown, which also reads well in a terminal. Ends in the line `N passed, N failed`. */
export function renderReport(report: Report): string {
  const { contract, baseUrl, seed, requests, durationMs } = report;
  const failed = report.open.filter(({ outcome }) => outcome === 'failed');
  const notChecked = report.open.filter(({ outcome }) => outcome === 'not checked');
  return [
    `# ${contract.title} ${contract.version} at ${baseUrl}`,
    `${requests} requests in ${(durationMs / 1000).toFixed(1)} s, seed ${seed}`,
    ...section('Checks', checkTable(report)),
    ...section('Declared statuses that were answered', coverageTable(report)),
    ...section(
      'Notes',
      report.notes.map((note) => `- ${note}`),
    ),
    ...section('Not checked', grouped(notChecked)),
    ...section(
      'Failed',
      failed.map((each) => `- **${place(each)}**: ${each.message}`),
    ),
    '',
    summaryLine(report),
  ].join('\n');
}

export function summaryLine({ passed, failed }: Report): string {
  return `${passed} passed, ${failed} failed`;
}

export function place({ check, operationId, guarantee }: CaseResult): string {
  return [check, operationId, guarantee].filter((part) => part !== undefined).join(' · ');
}

function section(title: string, lines: string[]): string[] {
  return lines.length === 0 ? [] : ['', `## ${title}`, '', ...lines];
}

function checkTable({ checks }: Report): string[] {
  const rows = checks.map(({ title, passed, failed, notChecked, durationMs }) => [
    title,
    `${passed}`,
    `${failed}`,
    `${notChecked}`,
    (durationMs / 1000).toFixed(1),
  ]);
  return table([['Check', 'passed', 'failed', 'not checked', 'seconds'], ...rows]);
}

/** Operations by statuses: `✓` answered, `✗` never answered, `·` not to be had from this target, empty: not declared. */
function coverageTable({ coverage, open }: Report): string[] {
  const statuses = [...new Set(coverage.flatMap((row) => Object.keys(row.statuses)))].sort();
  const notChecked = new Set(open.filter(({ outcome }) => outcome === 'not checked').map(place));
  const cell = (operationId: string, status: string, times: number | undefined) => {
    if (times === undefined || times > 0) return times === undefined ? '' : '✓';
    return notChecked.has(place({ check: 'coverage', operationId, guarantee: `answers ${status}`, outcome: 'not checked' })) ? '·' : '✗';
  };
  const rows = coverage.map((row) => [row.operationId, ...statuses.map((status) => cell(row.operationId, status, row.statuses[status]))]);
  const all = coverage.flatMap((row) => Object.values(row.statuses));
  const answered = all.filter((times) => times > 0).length;
  return [
    ...table([['Operation', ...statuses], ...rows]),
    '',
    `${answered} of ${all.length} declared statuses were answered (✓), the others not (✗) or not to be had from this target (·).`,
  ];
}

/** Equal reasons together, because a missing credential keeps many cases from being checked. */
function grouped(cases: CaseResult[]): string[] {
  const reasons = new Map<string, CaseResult[]>();
  for (const each of cases) reasons.set(each.message ?? '', [...(reasons.get(each.message ?? '') ?? []), each]);
  return [...reasons].map(([reason, same]) => `- ${reason}: ${cut(same.map(place).join('; '), 400)} (${same.length})`);
}

function table(rows: string[][]): string[] {
  const [head = [], ...body] = rows;
  const widths = head.map((_, column) => Math.max(3, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (row: string[]) => `| ${row.map((text, column) => text.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  return [line(head), `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...body.map(line)];
}
