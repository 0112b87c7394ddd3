import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openDatabase } from '../open-database.ts';
import { lockDataFolder } from './data-folder-lock.ts';

describe('the lock on a data folder', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'appstead-lock-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const holder = async () => JSON.parse(await readFile(join(folder, 'lock'), 'utf8'));
  const leaveLock = async (changes: Record<string, unknown>) => {
    const lock = await lockDataFolder(folder);
    const written = { ...(await holder()), ...changes };
    await lock.release();
    await writeFile(join(folder, 'lock'), JSON.stringify(written));
  };

  it('refuses a second opener, naming the process and the folder', async () => {
    const lock = await lockDataFolder(folder);
    await expect(lockDataFolder(folder)).rejects.toThrow(`${folder} is in use by process ${process.pid}`);
    await lock.release();
    await (await lockDataFolder(folder)).release();
    expect(await readdir(folder)).toEqual([]);
  });

  it('lets one of many through that come at once', async () => {
    const attempts = await Promise.allSettled(Array.from({ length: 8 }, () => lockDataFolder(folder)));
    expect(attempts.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('is taken over from a dead process by one of many that come at once', async () => {
    await leaveLock({ pid: 2 ** 22 + 1 });
    const attempts = await Promise.allSettled(Array.from({ length: 8 }, () => lockDataFolder(folder)));
    expect(attempts.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect((await holder()).pid).toBe(process.pid);
    expect((await readdir(folder)).filter((name) => name !== 'lock')).toEqual([]);
  });

  it('is taken over when the process id now belongs to another process, as after the restart of a container', async () => {
    await leaveLock({ started: 'another boot 12345' });
    const lock = await lockDataFolder(folder);
    await lock.verify();
    await lock.release();
  });

  // Where there is no /proc nobody can tell such a process from one that runs.
  const onLinux = existsSync('/proc/self/stat') ? [true] : [];
  it.each(onLinux)('is taken over from a process that was killed, though whoever started it has not noticed yet', async () => {
    // The shell becomes a program that waits for nobody, so that its child stays in the list of processes after its end.
    const parent = spawn('sh', ['-c', 'sleep 60 & echo $!; exec sleep 60'], { stdio: ['ignore', 'pipe', 'ignore'] });
    try {
      const [line] = await once(parent.stdout, 'data');
      const pid = Number(line);
      const stat = async () => (await readFile(`/proc/${pid}/stat`, 'utf8')).split(') ')[1]?.split(' ') ?? [];
      const boot = (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim();
      await leaveLock({ pid, started: `${boot} ${(await stat())[19]}` });
      await expect(lockDataFolder(folder)).rejects.toThrow(`in use by process ${pid}`);
      process.kill(pid, 'SIGKILL');
      await vi.waitFor(async () => expect((await stat())[0]).toBe('Z'), 5_000);
      await (await lockDataFolder(folder)).release();
    } finally {
      parent.kill('SIGKILL');
    }
  });

  it('of another host is respected while it is being touched, and taken over when left behind', async () => {
    await leaveLock({ host: 'another-container' });
    await expect(lockDataFolder(folder)).rejects.toThrow('on another-container');
    const minuteAgo = new Date(Date.now() - 60_000);
    await utimes(join(folder, 'lock'), minuteAgo, minuteAgo);
    await (await lockDataFolder(folder)).release();
  });

  it('keeps a second database from opening the folder, and lets it in after close', async () => {
    const first = await openDatabase({ dataDir: folder });
    await expect(openDatabase({ dataDir: folder })).rejects.toThrow(`${folder} is in use by process ${process.pid}`);
    await first.close();
    const second = await openDatabase({ dataDir: folder });
    await second.ping();
    await second.close();
  });
});
