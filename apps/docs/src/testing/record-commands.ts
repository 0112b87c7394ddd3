import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';

/** A command and its arguments, after the shell has read quotes and variables. */
export type Command = string[];

/** What the samples may call. None of it runs: each is a function that writes down how it was called. */
const commands = ['cd', 'createdb', 'curl', 'npm', 'npx', 'openssl'];
const recorder = commands.map((name) => `${name}() { printf '%s\\0' "$(( $# + 1 ))" ${name} "$@" >&3; }`).join('\n');

/** Runs a shell sample with every command replaced. Throws when the shell finds a fault in it, an unknown command or an unset variable. */
export function recordCommands(sample: string, variables: Record<string, string>): Command[] {
  const shell = spawnSync('/bin/bash', ['--noprofile', '--norc', '-euc', `${recorder}\n${sample}`], {
    cwd: tmpdir(),
    env: { ...variables, PATH: '' },
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    encoding: 'utf8',
  });
  if (shell.error) throw shell.error;
  if (shell.status !== 0) throw new Error(`${shell.stderr}\nin\n${sample}`);
  return split((shell.output[3] ?? '').split('\0').slice(0, -1));
}

/** Each command stands as the number of its words and the words. */
function split(words: string[]): Command[] {
  const [count, ...rest] = words;
  if (count === undefined) return [];
  return [rest.slice(0, Number(count)), ...split(rest.slice(Number(count)))];
}
