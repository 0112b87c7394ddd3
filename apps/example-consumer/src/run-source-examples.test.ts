import { spawn } from 'node:child_process';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';

const key = 'apps_1V8xT0mQe5YhB7rWc2LpZ9sKd4N1VdG5k';
const runner = fileURLToPath(new URL('../source-examples/run-source-examples.mjs', import.meta.url));
const app = { id: '01939f5c-9b20-7d66-8b2a-74d9e2f30415', name: 'My New App' };

type Received = { call: string; key: string | string[] | undefined; body: string };

/** A server that creates and lists one app, or lists what it is told to. */
async function startServer(listed: object[] = [app]) {
  const received: Received[] = [];
  const server = createServer(async (request: IncomingMessage, response) => {
    received.push({ call: `${request.method} ${request.url}`, key: request.headers['x-api-key'], body: await text(request) });
    const creates = request.method === 'POST';
    response.writeHead(creates ? 201 : 200, { 'Content-Type': 'application/json' });
    response.end(JSON.stringify(creates ? { success: true, app } : { success: true, apps: listed }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, received };
}

async function run(args: string[], env: NodeJS.ProcessEnv = process.env) {
  const child = spawn(process.execPath, [runner, ...args], { env });
  const code = new Promise((resolve) => child.once('close', resolve));
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { out, err, code: await code };
}

/** A folder for PATH whose python3, if any, is this shell script. */
async function folderWithPython(script?: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'source-examples-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  if (script) await writeFile(join(folder, 'python3'), `#!/bin/sh\n${script}\n`);
  if (script) await chmod(join(folder, 'python3'), 0o755);
  return folder;
}

describe('the runner of the published examples', () => {
  it('runs both as published, with only address and key replaced', { timeout: 30_000 }, async () => {
    const { url, received } = await startServer();
    const { out, code } = await run(['--url', `${url}/`, '--key', key]);
    expect(out).toBe(
      'ok      Create an App (Node.js) prints the app as created\nok      List All Apps (Python) lists the created app\n2 passed, 0 failed\n',
    );
    expect(code).toBe(0);
    expect(received).toEqual([
      { call: 'POST /v1/apps', key, body: '{"name":"My New App","description":"My awesome app","timezone":"America/New_York"}' },
      { call: 'GET /v1/apps', key, body: '' },
    ]);
  });

  it('fails when the created app is not listed', { timeout: 30_000 }, async () => {
    const { url } = await startServer([{ ...app, name: 'Another' }]);
    const { out, code } = await run(['--url', url, '--key', key]);
    expect(out).toContain('FAILED  List All Apps (Python) lists the created app: it did not list the app');
    expect(out).toMatch(/^1 passed, 1 failed$/m);
    expect(code).toBe(1);
  });

  it('fails when nothing listens, without showing the key', async () => {
    const { out, err, code } = await run(['--url', 'http://127.0.0.1:9', '--key', key]);
    expect(out).toMatch(/^0 passed, 2 failed$/m);
    expect(code).toBe(1);
    expect(out + err).not.toContain(key);
  });

  it.each([
    ['python3 is missing', undefined, 'python3 is missing; on Debian: apt-get install python3 python3-requests'],
    [
      'requests is missing',
      `echo "ModuleNotFoundError: No module named 'requests'" >&2; exit 1`,
      "Python's package requests is missing; on Debian: apt-get install python3-requests",
    ],
  ])('says so when %s', async (_, script, message) => {
    const { url } = await startServer();
    const { out, code } = await run(['--url', url, '--key', key], { PATH: await folderWithPython(script) });
    expect(out).toContain(message);
    expect(out).toMatch(/^1 passed, 1 failed$/m);
    expect(code).toBe(1);
  });

  it('asks for its options', async () => {
    const { err, code } = await run([]);
    expect(err).toContain('Usage: node run-source-examples.mjs --url URL --key KEY');
    expect(code).toBe(2);
  });
});
