import { execFileSync, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { cpuSeconds } from './process-usage.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const pinning = hasTaskset();

/**
 * Starts one of the servers, pinned to core 0, and waits until it says its port.
 * @returns {Promise<{ url: string, cpuSeconds: () => number, stop: () => Promise<void> }>}
 */
export async function runServer(name, settings) {
  const [command, ...args] = pinned(0, ['node', `${here}servers/${name}.mjs`]);
  const child = spawn(command, args, {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, BENCH_SETTINGS: JSON.stringify(settings), NODE_ENV: 'production' },
  });
  const exited = new Promise((resolve) => child.once('exit', resolve));
  const port = await new Promise((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (line.startsWith('listening ')) resolve(Number(line.slice(10)));
    });
    child.once('exit', (code) => reject(new Error(`${name} ended with ${code} before it listened`)));
  });
  return {
    url: `http://127.0.0.1:${port}`,
    cpuSeconds: () => cpuSeconds(child.pid),
    stop: () => {
      child.kill('SIGTERM');
      return exited;
    },
  };
}

/** Below this the code still gets faster, ours and that of the references. */
const warmRequests = 30_000;
const passesMax = 10;

/** Sends load until the code is compiled: it takes requests, not time, so slow operations and busy machines get up to ten times the seconds. */
export async function warmUp(server, load, seconds) {
  let sent = 0;
  for (let pass = 0; pass < passesMax && (pass === 0 || sent < warmRequests); pass++)
    sent += (await sendLoad(server, { ...load, seconds })).requests;
}

/** Sends load from core 1 and adds what the server used of its CPU meanwhile. */
export async function sendLoad(server, { requests, connections = 32, seconds, withIds }) {
  const before = server.cpuSeconds();
  const [command, ...args] = pinned(1, [
    'node',
    `${here}load.mjs`,
    JSON.stringify({ url: server.url, connections, seconds, requests, withIds }),
  ]);
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.on('data', (chunk) => {
    output += chunk;
  });
  const code = await new Promise((resolve) => child.once('exit', resolve));
  if (code !== 0) throw new Error('the load generator failed');
  const result = JSON.parse(output);
  if (result.failed > 0) throw new Error(`${result.failed} requests failed`);
  const cpuMicros = ((server.cpuSeconds() - before) * 1e6) / result.requests;
  return { requests: result.requests, perSecond: result.requests / result.seconds, cpuMicros, p50Ms: result.p50Ms, p99Ms: result.p99Ms };
}

function pinned(core, command) {
  return pinning ? ['taskset', '-c', String(core), ...command] : command;
}

function hasTaskset() {
  try {
    execFileSync('taskset', ['-c', '0', 'true']);
    return true;
  } catch {
    return false;
  }
}
