import { randomUUID } from 'node:crypto';
import { link, mkdir, open, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';

/** Two processes on one PGlite folder lose each other's rows without an error, and PGlite has no lock of its own. */
export interface DataFolderLock {
  /** Rejects when somebody else holds the folder now. */
  verify(): Promise<void>;
  release(): Promise<void>;
}

type Holder = { pid: number; host: string; started: string; nonce: string };

const touchEveryMs = 5_000;
/** A lock of another host (a container that was replaced) counts as left behind when it was not touched for so long. */
const foreignStaleMs = 30_000;

/** Takes the folder, made when missing. Rejects, naming the process and the folder, when another process has it. */
export async function lockDataFolder(dataDir: string): Promise<DataFolderLock> {
  await mkdir(dataDir, { recursive: true });
  const file = join(dataDir, 'lock');
  const own: Holder = { pid: process.pid, host: hostname(), started: await processStart(process.pid), nonce: randomUUID() };
  const written = `${file}.${own.nonce}`;
  // Written aside first, so that nobody ever reads half a lock.
  await writeFile(written, `${JSON.stringify(own)}\n`, { flag: 'wx' });
  try {
    await acquire(dataDir, file, written);
  } finally {
    await rm(written, { force: true });
  }
  const isOurs = async () => (await read(file))?.nonce === own.nonce;
  const touch = setInterval(() => {
    const now = new Date();
    utimes(file, now, now).catch(() => undefined);
  }, touchEveryMs).unref();
  return {
    async verify() {
      if (!(await isOurs())) throw new Error(`Another process has taken the data folder ${dataDir}`);
    },
    async release() {
      clearInterval(touch);
      if (await isOurs()) await rm(file, { force: true });
    },
  };
}

async function acquire(dataDir: string, file: string, written: string): Promise<void> {
  // A hard link fails when the name is taken: creation and content appear in one step.
  if (await succeeds(link(written, file), 'EEXIST')) return;
  const holder = await read(file);
  if (!holder) return acquire(dataDir, file, written);
  if (await isHeld(file, holder))
    throw new Error(
      `The data folder ${dataDir} is in use by process ${holder.pid} on ${holder.host}. Stop it first, or choose another folder.`,
    );

  // Whoever takes over a dead lock does it under a second one named after it, so that of two that saw it dead only one replaces it.
  const takeover = `${file}.takeover-${holder.nonce}`;
  if (
    !(await succeeds(
      open(takeover, 'wx').then((handle) => handle.close()),
      'EEXIST',
    ))
  )
    throw new Error(`Another process is taking over the data folder ${dataDir}. If none is, delete ${takeover}.`);
  try {
    if ((await read(file))?.nonce !== holder.nonce) throw new Error(`Another process has taken the data folder ${dataDir}`);
    await rename(written, file);
  } finally {
    await rm(takeover, { force: true });
  }
}

async function isHeld(file: string, holder: Holder): Promise<boolean> {
  if (holder.host !== hostname()) return Date.now() - (await stat(file)).mtimeMs < foreignStaleMs;
  return isAlive(holder.pid) && (await processStart(holder.pid)) === holder.started;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it exists and belongs to somebody else.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/**
 * Tells a process from a later one with the same id, which is the rule in containers: they all are process 1. A process that was killed and that
 * nobody has waited for yet keeps its id, but once its last thread is gone it holds nothing: `ended`. Empty where there is no /proc.
 */
async function processStart(pid: number): Promise<string> {
  try {
    const [boot, status] = await Promise.all([readFile('/proc/sys/kernel/random/boot_id', 'utf8'), readFile(`/proc/${pid}/stat`, 'utf8')]);
    // proc(5): field 3, state, and field 22, starttime; the second field, the command in parentheses, may hold spaces.
    const fields = status.slice(status.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z' && (await readdir(`/proc/${pid}/task`)).length === 1) return 'ended';
    return `${boot.trim()} ${fields[19]}`;
  } catch {
    return '';
  }
}

async function read(file: string): Promise<Holder | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Holder;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new Error(`The lock file ${file} cannot be read; delete it when no process uses the folder`, { cause: error });
  }
}

async function succeeds(action: Promise<unknown>, refusal: string): Promise<boolean> {
  try {
    await action;
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === refusal) return false;
    throw error;
  }
}
