import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { send } from './testing/calls.ts';
import { databases, pgliteFolder } from './testing/databases.ts';
import { endProcesses, startProcess, startServer } from './testing/server-process.ts';

afterEach(endProcesses);

describe.each(databases)('start on $engine', ({ engine, create }) => {
  it('shows the key once, at the first start, and the same key and owner work after a second start', async () => {
    const database = await create();
    const first = await startServer(database.env);
    const key = first.key ?? '';
    const password = (await first.line(/^ {2}Password +(\S+)$/))[1] ?? '';
    const created = await send(`${first.url}/v1/apps`, key, { method: 'POST', body: '{"name":"kept"}' });
    expect(created.status).toBe(201);
    const signIn = (url: string) =>
      send(`${url}/v1/auth/login`, undefined, { method: 'POST', body: JSON.stringify({ email: 'ada@example.com', password }) });
    first.kill('SIGTERM');
    expect(await first.ended).toEqual({ code: 0, signal: null });
    const shown = first.lines.filter((line) => line.includes(key) || line.includes(password));
    expect(shown).toHaveLength(2);

    const second = await startServer({ ...database.env, OWNER_EMAIL: 'ada@example.com' });
    expect(second.key).toBeUndefined();
    expect(second.lines.join('\n')).not.toMatch(/first start|apps_|Password/);
    expect((await send(`${second.url}/v1/apps/${created.body.app.id}`, key)).body.app.name).toBe('kept');
    // The owner was made by the first start, under the address that was configured then.
    expect((await signIn(second.url)).status).toBe(401);
    const owner = { method: 'POST', body: JSON.stringify({ email: 'owner@example.com', password }) };
    expect((await send(`${second.url}/v1/auth/login`, undefined, owner)).status).toBe(200);
    second.kill('SIGTERM');
    await second.ended;
    await database.remove();
  });

  if (engine === 'postgresql')
    it('makes one organization when two processes start at the same moment, and both serve it', async () => {
      const database = await create();
      const servers = await Promise.all([startServer(database.env), startServer(database.env)]);
      const keys = servers.map(({ key }) => key).filter((key) => key !== undefined);
      expect(keys).toHaveLength(1);
      for (const { url } of servers) expect((await send(`${url}/v1/apps`, keys[0])).status).toBe(200);
      for (const { kill } of servers) kill('SIGTERM');
      for (const { ended } of servers) expect((await ended).code).toBe(0);
      await database.remove();
    });
});

describe('the encryption key of the embedded database', () => {
  it('is readable by its owner only, in a folder of its owner only', async () => {
    const database = await pgliteFolder();
    const folder = join(database.folder, 'data');
    const server = await startServer({ DATA_DIR: folder });
    expect([(await stat(folder)).mode & 0o777, (await stat(join(folder, 'encryption.key'))).mode & 0o777]).toEqual([0o700, 0o600]);
    expect((await readdir(folder)).sort()).toEqual(['database', 'encryption.key']);
    server.kill('SIGTERM');
    await server.ended;

    await rm(join(folder, 'encryption.key'));
    const keyless = startProcess({ DATA_DIR: folder });
    expect(await keyless.ended, 'without its key the database is not opened with another').toMatchObject({ code: 1 });
    expect(keyless.lines.join('\n')).toMatch(/encryption key .*encryption\.key is missing\. Restore it, or set ENCRYPTION_KEY\.$/);
    await database.remove();
  });
});
