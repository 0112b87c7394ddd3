import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Defect } from './testing/defects.ts';
import { fakeContract } from './testing/fake-contract.ts';
import { type FakeServer, startFakeServer } from './testing/fake-server.ts';
import { addOrganization } from './testing/fake-things.ts';

const cli = fileURLToPath(new URL('cli.ts', import.meta.url));
let folder: string;
let server: FakeServer | undefined;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'contract-test-'));
  await writeFile(join(folder, 'contract.json'), JSON.stringify(fakeContract()));
});
afterEach(() => server?.close());
afterAll(() => rm(folder, { recursive: true }));

type Ended = { code: number; output: string };

function runCli(args: string[]): Promise<Ended> {
  const options = ['--import', 'tsx', '--conditions=@appstead/source', cli, ...args];
  return new Promise((resolve) => {
    execFile(process.execPath, options, (error, stdout, stderr) =>
      resolve({ code: Number(error?.code ?? 0), output: `${stdout}${stderr}`.trimEnd() }),
    );
  });
}

async function runOn(defects: Defect[], report = 'report.md'): Promise<Ended> {
  server = await startFakeServer(defects);
  const { key } = addOrganization(server.store);
  const contract = join(folder, 'contract.json');
  return runCli([
    '--url',
    server.url,
    '--key',
    key,
    '--contract',
    contract,
    '--runs',
    '5',
    '--seed',
    '7',
    '--report',
    join(folder, report),
  ]);
}

describe('appstead-contract-test', () => {
  it('exits with 0 on a sound deployment, says what it could not check, and leaves nothing behind', async () => {
    const { code, output } = await runOn([]);
    expect(output).toMatch(/^seed 7$/m);
    expect(output.split('\n').at(-1)).toMatch(/^\d+ passed, 0 failed$/);
    expect(output).toContain('no faults are injected into a deployment');
    expect(code).toBe(0);
    expect(server?.store.things).toEqual([]);
    expect(await readFile(join(folder, 'report.md'), 'utf8')).toContain('## Declared statuses that were answered');
  });

  it('exits with 1 on a defect and names the operation and the request', async () => {
    const { code, output } = await runOn(['a declared header left out'], 'report.json');
    expect(output).toContain('the header etag is missing');
    expect(code).toBe(1);
    const report = JSON.parse(await readFile(join(folder, 'report.json'), 'utf8'));
    expect(report.failed).toBeGreaterThan(0);
    expect(report.failures[0]).toContain('answers · ');
  });

  it('exits with 2 when the run could not be done', async () => {
    expect((await runCli([])).code).toBe(2);
    const unreachable = await runCli(['--url', 'http://127.0.0.1:1', '--key', 'apps_x']);
    expect(unreachable.code).toBe(2);
    expect(unreachable.output).toContain('http://127.0.0.1:1/openapi.json');
  });
});
