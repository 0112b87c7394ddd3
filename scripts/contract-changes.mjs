import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEnums, ownBreakingChanges } from './breaking-rules.mjs';
import { runRedocly } from './run-redocly.mjs';

/**
 * What callers of the released contract would notice as broken in the present one: what `redocly diff` calls major, and what
 * breaking-rules.mjs adds to it.
 *
 * @param {object} released parsed contract
 * @param {object} present parsed contract
 * @returns {Promise<string[]>} one sentence per change; additions give none
 */
export async function breakingChanges(released, present) {
  const folder = await mkdtemp(join(tmpdir(), 'contract-changes-'));
  try {
    const files = {
      'released.json': JSON.stringify(released),
      'present.json': JSON.stringify(present),
      'redocly.yaml': 'extends: [diff-recommended]\n',
    };
    await Promise.all(Object.entries(files).map(([name, text]) => writeFile(join(folder, name), text)));
    // With a configuration of its own: under that of the lint, which does not name these rules, it rates every change a patch.
    const [report] = await runRedocly(['diff', 'released.json', 'present.json', '--fail-on=none'], folder);
    const seen = report.changes.flatMap(({ path, verdicts }) => verdicts.filter(isBreaking).map(({ message }) => `${message} (${path})`));
    return [...new Set([...seen, ...ownBreakingChanges(released, present)])];
  } finally {
    await rm(folder, { recursive: true });
  }
}

function isBreaking({ impact, ruleId, location }) {
  const isOpen = ruleId === 'enum-values-added' && openEnums.includes(location.pointer);
  return impact === 'major' && !isOpen;
}

/**
 * Whether the version says enough: a breaking change raises the first number, or, before 1.0.0, the second (semver.org 2.0.0, item 4).
 *
 * @param {string} released version, such as `0.1.0`
 * @param {string} present version
 */
export function announcesBreaking(released, present) {
  const [major, minor] = numbers(released);
  const [presentMajor, presentMinor] = numbers(present);
  return presentMajor > major || (presentMajor === 0 && major === 0 && presentMinor > minor);
}

/** Whether a version comes before another one. */
export function isOlder(version, other) {
  const [one, two] = [numbers(version), numbers(other)];
  const place = one.findIndex((number, index) => number !== two[index]);
  return place >= 0 && one[place] < two[place];
}

function numbers(version) {
  const match = /^(\d+)\.(\d+)\.(\d+)$/.exec(version);
  if (!match) throw new Error(`info.version must be three numbers, such as 0.1.0, and is ${version}`);
  return match.slice(1).map(Number);
}
