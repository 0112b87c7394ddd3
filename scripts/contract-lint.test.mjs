import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { runRedocly } from './run-redocly.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

/** What the lint says of a changed contract, under the redocly.yaml of this repository: `rule: message`, each once. */
async function problemsAfter(change) {
  const contract = parse(await readFile(`${root}openapi.yaml`, 'utf8'));
  change(contract);
  const folder = await mkdtemp(join(tmpdir(), 'contract-lint-'));
  try {
    await writeFile(join(folder, 'openapi.json'), JSON.stringify(contract));
    const [report] = await runRedocly(['lint', join(folder, 'openapi.json')]);
    return [...new Set(report.problems.map(({ ruleId, message }) => `${ruleId}: ${message}`))].sort();
  } finally {
    await rm(folder, { recursive: true });
  }
}

it('refuses two operations of one name', async () => {
  const problems = await problemsAfter(({ paths }) => {
    paths['/v1/apps'].get.operationId = 'listAuditEvents';
  });
  expect(problems).toEqual([expect.stringContaining('operation-operationId-unique')]);
});

it('refuses an answer without a request id, and a 401, 429 or 503 that does not say what to do next', async () => {
  const problems = await problemsAfter(({ components, paths }) => {
    delete paths['/health/live'].get.responses['200'].headers['X-Request-Id'];
    delete components.responses.Unauthorized.headers['WWW-Authenticate'];
    delete components.responses.TooManyRequests.headers['Retry-After'];
    delete components.responses.Unavailable.headers['Retry-After'];
  });
  const wanted = ['Retry-After', 'WWW-Authenticate', 'X-Request-Id'];
  const messages = wanted.map((header) => `response-contains-header: Response object must contain a "${header}" header.`);
  expect(problems).toEqual(expect.arrayContaining(messages));
});

it('applies the house rules with the options of redocly.yaml', async () => {
  const problems = await problemsAfter(({ paths }) => {
    paths['/v1/apps'].get.operationId = 'fetchApps';
    paths['/v1/apps'].get['x-owner'] = 'me';
    paths['/v1/apps'].get.summary = 'List Apps';
  });
  const rules = problems.map((problem) => problem.split(':')[0]);
  expect(rules).toEqual(['house/known-extensions', 'house/operation-described', 'house/operation-id-verb-noun']);
});
