import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const source = fileURLToPath(new URL('../main.ts', import.meta.url));
const built = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
const running = new Set<ChildProcess>();

/** How a process ended: its exit code, or the signal that ended it. */
export type End = { code: number | null; signal: NodeJS.Signals | null };

export type ServerProcess = {
  pid: number;
  /** Every line of standard output and standard error so far. */
  lines: string[];
  /** The first line that matches, as soon as it is there. Rejects with the output when the process ends without one. */
  line(pattern: RegExp): Promise<RegExpExecArray>;
  kill(signal: NodeJS.Signals): void;
  /** Resolves when the process has ended and all its output was read. */
  ended: Promise<End>;
};

/**
 * Starts the server as a process of its own on a free port, with these variables and none of the test's own. `npm test` has just built it and
 * says so (TEST_BUILT), because a start from source costs more; by themselves, and with a module loaded before, tests run the source.
 */
export function startProcess(env: Record<string, string>, preload: string[] = []): ServerProcess {
  const imports = ['tsx', ...preload].flatMap((module) => ['--import', module]);
  const isBuilt = process.env.TEST_BUILT === '1' && preload.length === 0;
  const child = spawn(process.execPath, isBuilt ? [built] : [...imports, '--conditions=@appstead/source', source], {
    env: { PATH: process.env.PATH, PORT: '0', HOST: '127.0.0.1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  const lines: string[] = [];
  const watchers = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (text) => {
      lines.push(text);
      for (const watcher of watchers) watcher();
    });
  }
  const ended = new Promise<End>((resolve) => {
    child.once('close', (code, signal) => {
      running.delete(child);
      resolve({ code, signal });
    });
  });

  const line = (pattern: RegExp) =>
    new Promise<RegExpExecArray>((resolve, reject) => {
      const look = () => {
        const found = lines.map((text) => pattern.exec(text)).find((match) => match !== null);
        if (!found) return;
        watchers.delete(look);
        resolve(found);
      };
      watchers.add(look);
      look();
      void ended.then(() => reject(new Error(`The process ended without ${pattern}:\n${lines.join('\n')}`)));
    });

  return { pid: child.pid ?? 0, lines, line, kill: (signal) => void child.kill(signal), ended };
}

/** Starts the server and waits until it has announced itself. `key` is there at a first start only. */
export async function startServer(
  env: Record<string, string>,
  preload: string[] = [],
): Promise<ServerProcess & { url: string; key: string | undefined }> {
  const server = startProcess(env, preload);
  const url = (await server.line(/^ {2}Guides +(http\S+)\/$/))[1] ?? '';
  await server.line(/^ {2}Reference /);
  // The announcement is one write per paragraph; an answer proves that nothing of it is still to come.
  await fetch(`${url}/health/ready`);
  const key = server.lines.map((text) => /^ {2}Organization key +(apps_\w+)$/.exec(text)?.[1]).find(Boolean);
  return { ...server, url, key };
}

/** For `afterEach`: ends what a failed test left running. */
export async function endProcesses(): Promise<void> {
  const ends = [...running].map((child) => new Promise((resolve) => child.once('close', resolve)));
  for (const child of running) child.kill('SIGKILL');
  await Promise.all(ends);
}
