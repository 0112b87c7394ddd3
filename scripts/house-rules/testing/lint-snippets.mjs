import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse, stringify } from 'yaml';
import { runRedocly } from '../../run-redocly.mjs';

const plugin = fileURLToPath(new URL('../plugin.mjs', import.meta.url));

/**
 * Lints parts of a contract with one house rule, by the very CLI that `npm run check` uses, in one run for all of them.
 *
 * @param {string} rule name without `house/`
 * @param {Record<string, string>} snippets name → YAML of a contract; `openapi`, `info` and empty `paths` are added where left out
 * @param {object} options of the rule
 * @returns {Promise<Record<string, string[]>>} name → `pointer: message` of each problem
 */
export async function lintSnippets(rule, snippets, options = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'house-rule-'));
  try {
    const config = { telemetry: 'off', plugins: [plugin], rules: { [`house/${rule}`]: { severity: 'error', ...options } } };
    const files = Object.entries(snippets).map(([name, yaml], index) => ({ name, file: `${index}.yaml`, yaml }));
    await writeFile(join(folder, 'redocly.yaml'), stringify(config));
    await Promise.all(files.map(({ file, yaml }) => writeFile(join(folder, file), stringify(completed(parse(yaml))))));
    const reports = await runRedocly(['lint', ...files.map(({ file }) => file)], folder);
    if (reports.length !== files.length) throw new Error(`${reports.length} reports for ${files.length} snippets`);
    return Object.fromEntries(files.map(({ name }, index) => [name, problemsIn(reports[index])]));
  } finally {
    await rm(folder, { recursive: true });
  }
}

function completed(contract) {
  return { openapi: '3.1.0', info: { title: 'Snippet', version: '1.0.0' }, paths: {}, ...contract };
}

function problemsIn(report) {
  return report.problems.map(({ location: [place], message }) => `${place.pointer}: ${message}`);
}
