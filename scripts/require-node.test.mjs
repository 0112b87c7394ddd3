import { spawnSync } from 'node:child_process';
import { execPath } from 'node:process';
import { expect, it } from 'vitest';

const script = new URL('require-node.mjs', import.meta.url).href;

/** What the check says on a Node.js of this version, with the exit code in front. */
function checkOn(version) {
  const program = `
    const { exit } = process;
    globalThis.process = { versions: { node: ${JSON.stringify(version)} }, exit };
    await import(${JSON.stringify(script)});`;
  const { status, stderr } = spawnSync(execPath, ['--input-type=module', '--eval', program], { encoding: 'utf8' });
  return `${status} ${stderr.trim()}`;
}

it.each(['20.19.0', '22.1.0', '100.0.0'])('Node.js %s may go on', (version) => {
  expect(checkOn(version)).toBe('0 ');
});

it.each(['16.20.2', '20.18.3'])('Node.js %s is told what it takes, without a stack', (version) => {
  expect(checkOn(version)).toBe(
    `1 Appstead needs Node.js 20.19 or later, and this is ${version}. Install a current one from https://nodejs.org.`,
  );
});
