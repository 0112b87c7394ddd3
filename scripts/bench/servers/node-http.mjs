/**
 * node:http with nothing between the socket and the same SQL, through the same driver: what the operations cost at least. It sends the same bytes
 * as ours, headers included, because every header costs the writing of it; what ours finds out for each request, here is constant.
 */

import { createServer } from 'node:http';
import { env } from 'node:process';
import { openDatabase } from '@appstead/database';
import { find } from '../../../packages/server/dist/features/apps/app-store.js';
import { toApp } from '../../../packages/server/dist/features/apps/app-view.js';
import { SecretBox } from '../../../packages/server/dist/keys/secret-box.js';
import { encryptionKey } from '../seed.mjs';
import { standingHeaders } from './standing-headers.mjs';

const settings = JSON.parse(env.BENCH_SETTINGS);
const db = settings.database && (await openDatabase(settings.database));
const box = new SecretBox(encryptionKey);
const live = JSON.stringify({ success: true, status: 'live' });
const standing = [...Object.entries(standingHeaders).flat(), 'X-Request-Id', '01939f5c-9b20-7d66-8b2a-74d9e2f30415'];

const server = createServer(async (req, res) => {
  if (req.url === '/health/live') return send(res, 200, live);
  const row = await find(db, settings.organizationId, req.url.slice('/v1/apps/'.length));
  if (!row) return send(res, 404, '{}');
  send(res, 200, JSON.stringify({ success: true, app: toApp(row, box) }), ['ETag', `"${row.version}"`]);
});
server.keepAliveTimeout = 65_000;
server.maxRequestsPerSocket = 10_000;
server.listen(0, '127.0.0.1', () => console.log(`listening ${server.address().port}`));

function send(res, status, text, more = []) {
  res.writeHead(status, [...standing, 'Content-Type', 'application/json', 'Content-Length', String(Buffer.byteLength(text)), ...more]);
  res.end(text);
}
process.once('SIGTERM', () => process.exit(0));
