/** Appstead as `npm start` runs it, from its modules instead of the bundle; one in a hundred successes is logged, and the lines go nowhere. */

import { openSync } from 'node:fs';
import { env } from 'node:process';
import { openDatabase } from '@appstead/database';
import { createServer, listen } from '@appstead/server';
import { openLog } from '../../../apps/api/dist/modules/log.js';
import { encryptionKey } from '../seed.mjs';

const settings = JSON.parse(env.BENCH_SETTINGS);
const db = await openDatabase(settings.database);
const server = await createServer({
  db,
  log: openLog('info', { fd: openSync('/dev/null', 'a') }),
  publicUrl: 'http://localhost:3000',
  encryptionKey,
  isSignUpEnabled: () => true,
  logSampleEvery: 100,
});
const http = await listen(server, { port: 0, host: '127.0.0.1', publicUrl: 'http://localhost:3000' });
console.log(`listening ${http.address().port}`);
process.once('SIGTERM', async () => {
  http.closeAllConnections();
  await server.close();
  await db.close();
  process.exit(0);
});
