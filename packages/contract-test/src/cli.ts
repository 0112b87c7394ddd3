#!/usr/bin/env node
import { readFile, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import type { Document } from '@appstead/contract/document';
import { deploymentTarget, renderReport, runContractTests } from './index.ts';
import { followProgress } from './progress.ts';

const usage = `Checks a deployment against its contract.

  appstead-contract-test --url URL --key apps_…

  --url URL               where the deployment is, such as https://apps.example.com
  --key KEY               an organization key; the kit makes resources in its organization and deletes them at the end
  --email, --password     someone to also call what needs a person; or APPSTEAD_PASSWORD in the environment
  --metrics-token TOKEN   to also read the metrics
  --contract FILE         an OpenAPI 3.1 document as JSON; without it URL/openapi.json
  --runs N                random requests per operation (30)
  --seed N                repeat a run
  --operation ID          only this operation; may be given several times
  --report FILE           also write the report: JSON when the name ends in .json, else Markdown
  --exhaust-rate-limits   also see 429; the limits stay used up for their window

Exits with 1 when anything failed, with 2 when the run could not be done.
`;

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      url: { type: 'string' },
      key: { type: 'string' },
      email: { type: 'string' },
      password: { type: 'string', default: process.env.APPSTEAD_PASSWORD },
      'metrics-token': { type: 'string' },
      contract: { type: 'string' },
      runs: { type: 'string' },
      seed: { type: 'string' },
      operation: { type: 'string', multiple: true },
      report: { type: 'string' },
      'exhaust-rate-limits': { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help || !values.url || !values.key) {
    process.stdout.write(usage);
    return values.help ? 0 : 2;
  }
  const contract = await readContractFrom(values.contract ?? `${values.url.replace(/\/+$/, '')}/openapi.json`);
  const { url, key, email, password } = values;
  const target = deploymentTarget({ url, key, email, password, metricsToken: values['metrics-token'], contract });
  const progress = followProgress((line) => process.stdout.write(`${line}\n`), process.stdout);
  const report = await runContractTests(target, {
    contract,
    runs: wholeNumber('runs', values.runs),
    seed: wholeNumber('seed', values.seed),
    operations: values.operation,
    exhaustLimits: values['exhaust-rate-limits'],
    onProgress: progress.onProgress,
  });
  progress.end();
  const text = renderReport(report);
  if (values.report) await writeFile(values.report, values.report.endsWith('.json') ? `${JSON.stringify(report, null, 2)}\n` : `${text}\n`);
  process.stdout.write(`\n${text}\n`);
  return report.failed > 0 ? 1 : 0;
}

async function readContractFrom(source: string): Promise<Document> {
  if (!/^https?:/.test(source)) return JSON.parse(await readFile(source, 'utf8'));
  const response = await fetch(source).catch((error: Error) => {
    throw new Error(`${source} cannot be read: ${(error.cause as Error | undefined)?.message ?? error.message}`);
  });
  if (!response.ok) throw new Error(`${source} answers ${response.status}; give the contract with --contract`);
  return (await response.json()) as Document;
}

function wholeNumber(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d+$/.test(text)) throw new Error(`--${name} takes a whole number, not ${text}`);
  return Number(text);
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: Error) => {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 2;
  },
);
