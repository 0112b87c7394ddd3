// Runs PGlite off the main thread: it blocks the thread it runs in, and ending that thread is the only way to stop a statement.
// Plain JavaScript beside src and dist, so that the same file starts under tsx, vitest and the build.
// One message in, one message out, in order; the bytes are PostgreSQL's wire protocol.
import { readFile } from 'node:fs/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { PGlite } from '@electric-sql/pglite';

/** @type {{ dataDir?: string, snapshotFile?: string }} */
const { dataDir, snapshotFile } = workerData;

const database = await PGlite.create({
  ...(dataDir ? { dataDir: `file://${dataDir}` } : {}),
  ...(snapshotFile ? { loadDataDir: new Blob([await readFile(snapshotFile)]) } : {}),
});

const requests = {
  execute: (bytes) => database.execProtocolRawSync(bytes),
  dump: async () => new Uint8Array(await (await database.dumpDataDir('none')).arrayBuffer()),
  close: async () => {
    await database.close();
    return new Uint8Array();
  },
};

let previous = Promise.resolve();
parentPort.on('message', ({ kind, bytes }) => {
  previous = previous.then(async () => {
    try {
      const reply = await requests[kind](bytes);
      parentPort.postMessage({ reply }, [reply.buffer]);
    } catch (error) {
      parentPort.postMessage({ failure: error instanceof Error ? error.message : String(error) });
    }
  });
});
parentPort.postMessage({ reply: new Uint8Array() });
