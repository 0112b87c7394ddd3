import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, release, totalmem, type } from 'node:os';
import { fileURLToPath } from 'node:url';
import { chart } from './chart.mjs';
import { number } from './compare.mjs';

const docs = fileURLToPath(new URL('../../docs/', import.meta.url));
const root = new URL('../../', import.meta.url);
const measured = [
  'express',
  'express-openapi-validator',
  'fastify',
  'pg',
  '@electric-sql/pglite',
  'ajv',
  'autocannon',
  'openapi-typescript',
];

/** `met`, `missed`, or `–` for a figure without a goal; `slack` is how much may be missing. */
export function meets({ ratio, atLeast, atMost }, slack = 0) {
  if (atLeast !== undefined) return ratio.median >= atLeast * (1 - slack) ? 'met' : 'missed';
  if (atMost !== undefined) return ratio.median <= atMost * (1 + slack) ? 'met' : 'missed';
  return '–';
}

/** Writes the table and the chart. Notes between the markers are kept: reasons of misses are written by people. */
export function writeBenchmarks(results, { rounds, seconds, warmSeconds }, facts, folder = docs) {
  const file = `${folder}benchmarks.md`;
  const notes = /<!-- notes -->[\s\S]*<!-- \/notes -->/.exec(tryRead(file))?.[0] ?? '<!-- notes -->\n<!-- /notes -->';
  const rows = results.map((result) => {
    const { median, min, max } = result.ratio;
    const goal = result.atLeast !== undefined ? `≥ ${result.atLeast}` : result.atMost !== undefined ? `≤ ${result.atMost}` : '–';
    const unit = result.unit === undefined ? '' : ` ${result.unit}`;
    return `| ${result.id} | ${result.title} | ${goal}${goal === '–' ? '' : unit} | **${number(median)}${unit}** | ${number(min)} – ${number(max)} | ${result.beside?.(result.rows) ?? costs(result.rows)} | ${meets(result)} |`;
  });
  writeFileSync(
    file,
    `# Benchmarks

Written by \`npm run bench\`. Both sides of a figure run in one go, in turn, on the same load, after their answers were compared (G1 and G3
with their headers); the ratio is of the CPU that a request costs the server process (reference / ours), so more than 1 means that ours costs
less. Absolute numbers are of a shared machine; only the ratios are worth keeping. No TLS in any of them. The reference servers are in
\`scripts/bench/servers\`.

<!-- headline -->
${headline(results)}
<!-- /headline -->

- Machine: ${cpus().length} × ${cpus()[0]?.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB, ${type()} ${release()}, load average ${facts.loadBefore} before and ${facts.loadAfter} after
- Versions: Node ${process.version}, ${facts.database}, ${measured.map((name) => `${name} ${versionOf(name)}`).join(', ')}
- ${new Date().toISOString().slice(0, 10)}, ${Math.round(facts.minutes)} minutes; ${rounds} rounds for G1 to G3, of ${seconds} s after ${warmSeconds} s of warm-up; server on core 0, load generator (autocannon, 32 connections) and PostgreSQL on the rest

| | what | goal | median | least – most | CPU µs of a request, ours / reference | |
| --- | --- | --- | --- | --- | --- | --- |
${rows.join('\n')}

![Medians as parts of their goals](benchmarks.svg)

Again: \`npm run bench\` for all of it, \`npm run bench -- --only G1,G3\` for some figures, \`--quick\` for a short alarm, \`node scripts/bench/startup.mjs\` for starts.
G10 is of requests per second, G14 of seconds, S of the CPU of the whole process. Where less is better the chart shows goal / median.

${notes}
`,
  );
  writeFileSync(`${folder}benchmarks.svg`, chart(results, meets));
}

/** What a reader takes away; the README repeats it. */
function headline(results) {
  const median = (id) => results.find((result) => result.id === id)?.ratio.median;
  const percent = (value) => `${Math.round(value * 100)} %`;
  const lines = [];
  if (median('G1'))
    lines.push(
      `- A bare \`node:http\` server with the same SQL needs ${percent(median('G1'))} of the CPU that an authorized, validated \`getApp\` needs here.`,
    );
  if (median('G2s'))
    lines.push(
      `- Stock Express with express-openapi-validator needs ${number(median('G2s'))} times as much for it, Fastify ${number(median('G2') ?? 0)} times.`,
    );
  if (median('G4'))
    lines.push(
      `- Validating a request costs ${percent(median('G4'))} of what express-openapi-validator alone takes, with the same verdicts.`,
    );
  return lines.join('\n');
}

function costs(rows) {
  const medianOf = (side) =>
    [...rows.map((row) => row[side].cpuMicros ?? row[side].seconds * 1e6)].sort((x, y) => x - y)[Math.floor((rows.length - 1) / 2)];
  return `${number(medianOf('a'))} / ${number(medianOf('b'))}`;
}

function versionOf(name) {
  return JSON.parse(readFileSync(new URL(`node_modules/${name}/package.json`, root), 'utf8')).version;
}

function tryRead(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
