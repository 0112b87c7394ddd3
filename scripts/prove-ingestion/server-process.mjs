import { execFileSync, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { root } from '../progress.mjs';

const ticksPerSecond = Number(execFileSync('getconf', ['CLK_TCK']).toString());

/** The server as `npm start` runs it, on a free port, with these variables and nothing else. */
export async function startServer(env) {
  const child = spawn(process.execPath, [`${root}apps/api/dist/main.js`], {
    env: { PATH: process.env.PATH, PORT: '0', HOST: '127.0.0.1', LOG_LEVEL: 'warn', NODE_ENV: 'production', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  // A proof that fails leaves no server behind.
  process.once('exit', () => child.kill('SIGKILL'));
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const url = await new Promise((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const found = /^ {2}Guides +(http\S+)\/$/.exec(line);
      if (found) resolve(found[1]);
      else if (line.startsWith('{')) console.log(line);
    });
    child.once('exit', (code) => reject(new Error(`the server ended with ${code} before it listened`)));
  });
  return {
    url,
    /** The most memory it had so far, in MiB. */
    peakMebibytes: () => Math.round(Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]) / 1024),
    /** The CPU it has used so far, in seconds, all threads together (proc(5), fields 14 and 15). */
    cpuSeconds: () => {
      const fields = readFileSync(`/proc/${child.pid}/stat`, 'utf8')
        .replace(/^.*\) /, '')
        .split(' ');
      return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
    },
    stop: async () => {
      child.kill('SIGTERM');
      const code = await ended;
      if (code !== 0) throw new Error(`the server ended with ${code}`);
    },
  };
}
