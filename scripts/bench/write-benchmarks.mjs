import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';

const docs = fileURLToPath(new URL('../../docs/', import.meta.url));

/** `met`, `missed`, or `–` for a figure without a goal; `slack` is how much may be missing. */
export function meets({ ratio, atLeast, atMost }, slack = 0) {
  if (atLeast !== undefined) return ratio.median >= atLeast * (1 - slack) ? 'met' : 'missed';
  if (atMost !== undefined) return ratio.median <= atMost * (1 + slack) ? 'met' : 'missed';
  return '–';
}

/** Writes the table and the chart. Notes between the markers are kept: reasons of misses are written by people. */
export async function writeBenchmarks(results, { rounds, seconds }) {
  const file = `${docs}benchmarks.md`;
  const notes = /<!-- notes -->[\s\S]*<!-- \/notes -->/.exec(tryRead(file))?.[0] ?? '<!-- notes -->\n<!-- /notes -->';
  const rows = results.map((result) => {
    const { median, min, max } = result.ratio;
    const goal = result.atLeast !== undefined ? `≥ ${result.atLeast}` : result.atMost !== undefined ? `≤ ${result.atMost}` : '–';
    return `| ${result.id} | ${result.title} | ${goal} | **${number(median)}** | ${number(min)} – ${number(max)} | ${costs(result.rows)} | ${meets(result)} |`;
  });
  writeFileSync(
    file,
    `# Benchmarks

Written by \`npm run bench\`. Both sides of a figure run in one go, in turn, on the same load, after their answers were compared byte for byte; the
ratio is of the CPU that a request costs the server process (reference / ours), so more than 1 means that ours costs less. Absolute numbers are of
a shared machine; only the ratios are worth keeping. No TLS in any of them. The reference servers are in \`scripts/bench/servers\`.

- Machine: ${cpus().length} × ${cpus()[0]?.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}, ${new Date().toISOString().slice(0, 10)}
- ${rounds} rounds of ${seconds} s; server on core 0, load generator (autocannon) and PostgreSQL on the rest

| | what | goal | median | least – most | CPU µs, ours / reference | |
| --- | --- | --- | --- | --- | --- | --- |
${rows.join('\n')}

![The same as a chart](benchmarks.svg)

${notes}
`,
  );
  writeFileSync(`${docs}benchmarks.svg`, chart(results));
}

function costs(rows) {
  const medianOf = (side) =>
    [...rows.map((row) => row[side].cpuMicros ?? row[side].seconds * 1e6)].sort((x, y) => x - y)[Math.floor((rows.length - 1) / 2)];
  return `${number(medianOf('a'))} / ${number(medianOf('b'))}`;
}

/** One bar per figure, its goal as a line across it. */
function chart(results) {
  const [rowHeight, left, width] = [28, 60, 520];
  const most = Math.max(...results.map(({ ratio }) => ratio.max), 1.2);
  const x = (value) => (left + (value / most) * width).toFixed(1);
  const bars = results.map((result, index) => {
    const y = 10 + index * rowHeight;
    const goal = result.atLeast ?? result.atMost;
    const fill = meets(result) === 'missed' ? '#b3261e' : '#2f6f4f';
    return [
      `<text x="8" y="${y + 15}">${result.id}</text>`,
      `<rect x="${left}" y="${y}" width="${(x(result.ratio.median) - left).toFixed(1)}" height="18" fill="${fill}"/>`,
      `<line x1="${x(result.ratio.min)}" x2="${x(result.ratio.max)}" y1="${y + 9}" y2="${y + 9}" stroke="#000"/>`,
      goal === undefined ? '' : `<line x1="${x(goal)}" x2="${x(goal)}" y1="${y - 3}" y2="${y + 21}" stroke="#000" stroke-dasharray="3 2"/>`,
      `<text x="${left + width + 12}" y="${y + 15}">${number(result.ratio.median)}</text>`,
    ].join('');
  });
  const height = 20 + results.length * rowHeight;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${left + width + 70} ${height}" font-family="sans-serif" font-size="13"><rect width="100%" height="100%" fill="#fff"/>${bars.join('')}</svg>\n`;
}

function number(value) {
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(value < 0.1 ? 3 : 2);
}

function tryRead(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
