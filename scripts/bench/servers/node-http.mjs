/** node:http with nothing between the socket and the same SQL, through the same driver: what the operations cost at least. */

import { createServer } from 'node:http';
import { env } from 'node:process';
import { openDatabase } from '@appstead/database';
import { find } from '../../../packages/server/dist/features/apps/app-store.js';
import { toApp } from '../../../packages/server/dist/features/apps/app-view.js';
import { SecretBox } from '../../../packages/server/dist/keys/secret-box.js';
import { encryptionKey } from '../seed.mjs';

const settings = JSON.parse(env.BENCH_SETTINGS);
const db = settings.database && (await openDatabase(settings.database));
const box = new SecretBox(encryptionKey);
const live = JSON.stringify({ success: true, status: 'live' });

const server = createServer(async (req, res) => {
  if (req.url === '/health/live') return send(res, 200, live);
  const row = await find(db, settings.organizationId, req.url.slice('/v1/apps/'.length));
  return row ? send(res, 200, JSON.stringify({ success: true, app: toApp(row, box) })) : send(res, 404, '{}');
});
server.keepAliveTimeout = 65_000;
server.listen(0, '127.0.0.1', () => console.log(`listening ${server.address().port}`));

function send(res, status, text) {
  res.writeHead(status, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) });
  res.end(text);
}
process.once('SIGTERM', () => process.exit(0));
