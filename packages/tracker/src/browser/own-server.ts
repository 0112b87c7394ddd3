import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export type RunningServer = { url: string; key: string; close: () => Promise<void> };

const root = fileURLToPath(new URL('../../../..', import.meta.url));
const serverArgs = ['--import', 'tsx', '--conditions=@appstead/source', 'apps/api/src/main.ts'];

/** Starts Appstead from source, on a free port and an empty embedded database, and gives its organization key. */
export async function startOwnServer(): Promise<RunningServer> {
  const folder = await mkdtemp(join(tmpdir(), 'appstead-tracker.'));
  const env = { ...process.env, DATABASE_URL: '', PUBLIC_URL: '', PORT: '0', HOST: '127.0.0.1', DATA_DIR: folder, LOG_LEVEL: 'warn' };
  const child = spawn(process.execPath, serverArgs, { cwd: root, env, stdio: ['ignore', 'pipe', 'inherit'] });
  const close = async () => {
    child.kill('SIGTERM');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    await rm(folder, { recursive: true, force: true });
  };
  try {
    let text = '';
    const [url, key] = await new Promise<string[]>((resolve, reject) => {
      // Read to the end, so that what it prints further does not fill the pipe.
      child.stdout.on('data', (chunk) => {
        text += chunk;
        const found = /^ +Guides +(http:\S+?)\/$.*^ +Organization key +(apps_\w+)$/ms.exec(text);
        if (found) resolve(found.slice(1));
      });
      child.once('error', reject).once('exit', () => reject(new Error(`The server did not start.\n${text}`)));
    });
    return { url: url ?? '', key: key ?? '', close };
  } catch (error) {
    await close();
    throw error;
  }
}
