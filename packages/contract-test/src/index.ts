import { type Document, readDocument } from '@appstead/contract/document';
import { createArbitraries } from './arbitrary.ts';
import { access } from './checks/access.ts';
import { answers } from './checks/answers.ts';
import { audit } from './checks/audit.ts';
import { brokenRequests } from './checks/broken-requests.ts';
import { createCoverage } from './checks/coverage.ts';
import { credentialHeaders } from './checks/credential-headers.ts';
import { idempotency } from './checks/idempotency.ts';
import { inventory } from './checks/inventory.ts';
import { pagination } from './checks/pagination.ts';
import { validRequests } from './checks/valid-requests.ts';
import { readContract } from './contract.ts';
import { followProgress, type ProgressEvent } from './progress.ts';
import { type CheckTime, makeReport, type Report, renderReport } from './report.ts';
import { createRecorder } from './request.ts';
import { createResults } from './results.ts';
import type { Check, Run } from './run.ts';
import { sweep } from './sweep.ts';
import type { Target } from './target.ts';
import { createValidators } from './validators.ts';
import { closeConnections } from './wire.ts';
import { createWorlds } from './worlds.ts';

export { type DeploymentOptions, deploymentTarget } from './deployment-target.ts';
export type { ProgressEvent } from './progress.ts';
export { type RandomRequest, randomRequests } from './random-requests.ts';
export { place, type Report, renderReport, summaryLine } from './report.ts';
export type { CaseResult } from './results.ts';
export type { Credential, Fault, Origin, PrincipalClass, Principals, Provocation, Target } from './target.ts';
export { principalClasses } from './target.ts';

export type Options = {
  /** Without it, the contract this package was built with. */
  contract?: Document;
  /** Random valid requests per operation, and a tenth of the broken ones at most; 30 without it. */
  runs?: number;
  /** The same seed makes the same requests; without it, a random one. It is in the report. */
  seed?: number;
  /** Only these operations, by operationId. */
  operations?: string[];
  /** Only these checks, by name. The coverage verdict needs all of them. */
  checks?: string[];
  /** Use up rate limits to see 429; always on for targets that make organizations. */
  exhaustLimits?: boolean;
  onProgress?: (event: ProgressEvent) => void;
  /** Takes the lines of the progress and of the report: `console.log` in a test. */
  print?: (line: string) => void;
};

/** Runs every check against a target. A failed check is in the report; it rejects only when the run itself could not be done. */
export async function runContractTests(target: Target, { print, ...options }: Options = {}): Promise<Report> {
  if (print) return printed(print, (onProgress) => runContractTests(target, { ...options, onProgress }));
  const startedAt = new Date();
  const run = startRun(target, options);
  const swept = target.newOrganization ? undefined : sweep(run);
  const coverage = createCoverage();
  const middle = [access, credentialHeaders, validRequests, brokenRequests, audit, idempotency, pagination, inventory];
  const all: Check[] = [coverage.opening, ...middle, coverage.closing, answers];
  const times: CheckTime[] = [];
  try {
    for (const { name, title, run: check } of all.filter((each) => options.checks?.includes(each.name) ?? true)) {
      options.onProgress?.({ kind: 'check', check: name, title, seed: run.seed });
      const before = Date.now();
      await check(run);
      times.push({ name, title, durationMs: Date.now() - before });
    }
  } finally {
    await swept?.();
    closeConnections();
  }
  return makeReport(run, times, startedAt);
}

async function printed(print: (line: string) => void, work: (onProgress: Options['onProgress']) => Promise<Report>): Promise<Report> {
  const progress = followProgress(print);
  const report = await work(progress.onProgress);
  progress.end();
  print(renderReport(report));
  return report;
}

function startRun(target: Target, options: Options): Run {
  const contract = readContract(options.contract ?? readDocument());
  const validators = createValidators(contract.document);
  const disposable = target.newOrganization !== undefined;
  const seed = options.seed ?? Math.floor(Math.random() * 2 ** 31);
  let seeds = seed;
  return {
    target,
    contract,
    operations: contract.operations.filter(({ id }) => options.operations?.includes(id) ?? true),
    recorder: createRecorder(target, contract, validators),
    results: createResults(disposable, (result) => options.onProgress?.({ kind: 'case', result })),
    validators,
    arbitraries: createArbitraries(contract.document, validators),
    worlds: createWorlds(target),
    runs: options.runs ?? 30,
    seed,
    disposable,
    exhaustLimits: disposable || options.exhaustLimits === true,
    exampleIndex: new Map(),
    nextSeed: () => {
      seeds = (seeds + 1) | 0;
      return seeds;
    },
  };
}
