import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { send } from './testing/calls.ts';
import { pgliteFolder } from './testing/databases.ts';
import { endProcesses, startProcess, startServer } from './testing/server-process.ts';

const breakContract = new URL('./testing/break-contract.ts', import.meta.url).href;

afterEach(endProcesses);

const oneMessage = (lines: string[]) => {
  const text = lines.join('\n');
  expect(text).toMatch(/^Appstead cannot start\. \S.*$/);
  return text;
};

describe('a start that cannot be', () => {
  it('says that the port is in use, and has made nothing', async () => {
    const database = await pgliteFolder();
    const holder = createServer();
    await new Promise<void>((resolve) => holder.listen(0, '127.0.0.1', resolve));
    const { port } = holder.address() as AddressInfo;
    const folder = join(database.folder, 'data');
    const server = startProcess({ DATA_DIR: folder, PORT: String(port) });
    expect(await server.ended).toEqual({ code: 1, signal: null });
    expect(oneMessage(server.lines)).toContain(`Port ${port} is in use by another process. Stop it, or choose another port`);
    expect(existsSync(folder)).toBe(false);
    await new Promise((resolve) => holder.close(resolve));
    await database.remove();
  });

  it('names the process that uses the data folder, and leaves that one alone', async () => {
    const database = await pgliteFolder();
    const first = await startServer(database.env);
    const second = startProcess(database.env);
    expect(await second.ended).toEqual({ code: 1, signal: null });
    expect(oneMessage(second.lines)).toContain(`${database.folder}/database is in use by process ${first.pid} on`);
    expect((await send(`${first.url}/v1/apps`, first.key)).status).toBe(200);
    first.kill('SIGKILL');
    await first.ended;
    const third = await startServer(database.env);
    expect((await send(`${third.url}/v1/apps`, first.key)).status, 'a killed process does not keep the folder').toBe(200);
    third.kill('SIGTERM');
    await third.ended;
    await database.remove();
  });

  it('says that the PostgreSQL server cannot be reached, without the password', async () => {
    const server = startProcess({
      DATABASE_URL: 'postgresql://appstead:canary@127.0.0.1:1/appstead',
      ENCRYPTION_KEY: randomBytes(32).toString('base64'),
    });
    expect(await server.ended).toEqual({ code: 1, signal: null });
    expect(oneMessage(server.lines)).toBe(
      'Appstead cannot start. The database of DATABASE_URL cannot be used: The database cannot be reached (ECONNREFUSED)',
    );
  });

  it('says that the contract cannot be used, though the port was open by then, and has made no organization', async () => {
    const database = await pgliteFolder();
    const server = startProcess({ ...database.env, LOG_LEVEL: 'warn' }, [breakContract]);
    expect(await server.ended).toEqual({ code: 1, signal: null });
    expect(oneMessage(server.lines)).toMatch(/openapi\.yaml cannot be used for \w+: .*version/);
    const repaired = await startServer(database.env);
    expect(repaired.key, 'the first start that works is the first').toBeDefined();
    repaired.kill('SIGTERM');
    await repaired.ended;
    await database.remove();
  });

  it('says that an address is none of this machine', async () => {
    const server = startProcess({ HOST: '192.0.2.1' });
    expect(await server.ended).toEqual({ code: 1, signal: null });
    expect(oneMessage(server.lines)).toContain('The address 192.0.2.1 is none of this machine. Set HOST');
  });
});
