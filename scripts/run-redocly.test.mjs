import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runRedocly, withoutBanner } from './run-redocly.mjs';

let folder;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'run-redocly-'));
  const files = {
    'broken.mjs':
      "export default () => ({ id: 'broken', rules: { oas3: { rule: () => ({ Root() { throw new Error('the rule fell over'); } }) } } });",
    'redocly.yaml': 'plugins: [./broken.mjs]\nrules: { broken/rule: error }',
    'other.yaml': 'rules: { info-contact: error }',
    'openapi.yaml': "openapi: 3.1.0\ninfo: { title: Fine, version: '1' }\npaths: {}",
  };
  await Promise.all(Object.entries(files).map(([name, text]) => writeFile(join(folder, name), text)));
});

afterAll(() => rm(folder, { recursive: true }));

it('a rule that throws is an error with its reason, never a clean report', async () => {
  await expect(runRedocly(['lint', 'openapi.yaml'], folder)).rejects.toThrow('the rule fell over');
});

it('gives one report per file', async () => {
  const reports = await runRedocly(['lint', 'openapi.yaml', 'openapi.yaml', '--config=other.yaml'], folder);
  expect(reports.map(({ problems }) => problems.map(({ ruleId }) => ruleId))).toEqual([['info-contact'], ['info-contact']]);
});

it('hides the box about Node 20 and nothing else', () => {
  expect(withoutBanner('\n ╔═══╗\n ║ Deprecation ║\n ╚═══╝\n\nvalidating openapi.yaml...')).toBe('validating openapi.yaml...');
});
