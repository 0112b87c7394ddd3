/** The packages that are published can be used from outside: their exports resolve, with types, for everyone who imports ES modules. Needs a build. */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { root } from './progress.mjs';
import { reportProblems } from './report-problems.mjs';

const tools = [
  { command: 'publint', args: ['--strict', '.'] },
  { command: 'attw', args: ['--pack', '.', '--profile', 'esm-only', '--no-color'] },
];

const published = readdirSync(`${root}packages`).filter((name) => {
  const { private: isPrivate } = JSON.parse(readFileSync(`${root}packages/${name}/package.json`, 'utf8'));
  return isPrivate !== true;
});
const problems = published.flatMap((name) =>
  tools.flatMap(({ command, args }) => {
    const { status, stdout, stderr } = spawnSync(`${root}node_modules/.bin/${command}`, args, {
      cwd: `${root}packages/${name}`,
      encoding: 'utf8',
    });
    return status === 0 ? [] : [`${command} on packages/${name}:\n${stdout}${stderr}`];
  }),
);
reportProblems(problems, `${published.join(', ')}`);
