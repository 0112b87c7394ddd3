/** Fastify 5 as an expert would write it: schemas in and out, key look-up in a hook, a request id; the same statements through the same driver. */

import { hash } from 'node:crypto';
import { env } from 'node:process';
import { openDatabase } from '@appstead/database';
import fastify from 'fastify';
import { readDocument } from '../../../packages/contract/dist/document.js';
import { find } from '../../../packages/server/dist/features/apps/app-store.js';
import { toApp } from '../../../packages/server/dist/features/apps/app-view.js';
import { create } from '../../../packages/server/dist/features/apps/apps.js';
import { recordAudit } from '../../../packages/server/dist/http/audit-trail.js';
import { fingerprintOf, keepAnswer, replayOf } from '../../../packages/server/dist/http/idempotency.js';
import { SecretBox } from '../../../packages/server/dist/keys/secret-box.js';
import { encryptionKey } from '../seed.mjs';
import { standalone } from './standalone-schema.mjs';
import { standingHeaders } from './standing-headers.mjs';

const settings = JSON.parse(env.BENCH_SETTINGS);
const db = await openDatabase(settings.database);
const box = new SecretBox(encryptionKey);
const { organizationId } = settings;
const known = new Map([[hash('sha256', settings.organizationKey), { id: organizationId, name: 'bench' }]]);
const schema = (name) => standalone(readDocument(), name);

const app = fastify({ keepAliveTimeout: 65_000, genReqId: () => crypto.randomUUID(), requestIdHeader: 'x-request-id' });
app.addHook('onRequest', async (req, reply) => {
  req.principal = known.get(hash('sha256', req.headers['x-api-key'] ?? ''));
  if (!req.principal) return reply.code(401).send({ success: false });
  reply.headers(standingHeaders).header('X-Request-Id', req.id);
});

const params = { type: 'object', properties: { app_id: { type: 'string', format: 'uuid' } }, required: ['app_id'] };
app.get('/v1/apps/:app_id', { schema: { params, response: { 200: schema('AppResult') } } }, async (req, reply) => {
  const row = await find(db, organizationId, req.params.app_id);
  if (!row) return reply.code(404).send({ success: false });
  reply.header('ETag', `"${row.version}"`);
  return { success: true, app: toApp(row, box) };
});

app.post('/v1/apps', { schema: { body: schema('AppCreate'), response: { 201: schema('AppResult') } } }, async (req, reply) => {
  const now = new Date();
  const actor = { organizationId, type: 'organization_key', id: req.principal.id, name: req.principal.name };
  const key = req.headers['idempotency-key'];
  const use = {
    organizationId,
    principalId: req.principal.id,
    operationId: 'createApp',
    key,
    fingerprint: fingerprintOf(req.url, {}, req.body),
  };
  const answer = await db.transact(organizationId, async (tx) => {
    const replay = key && (await replayOf(tx, use, now, box));
    if (replay) return replay;
    const { app: row, apiSecret } = await create({ tx, organizationId, now, box }, req.body);
    const shown = toApp(row, box);
    const made = { status: 201, headers: { ETag: '"1"' }, body: { success: true, app: { ...shown, api_secret: apiSecret } } };
    if (key) keepAnswer(tx, use, made, now, box);
    recordAudit(tx, actor, 'app.created', { resourceId: row.id, after: shown }, { requestId: req.id, now });
    return made;
  });
  return reply.code(201).headers(answer.headers).send(answer.body);
});

await app.listen({ port: 0, host: '127.0.0.1' });
console.log(`listening ${app.server.address().port}`);
process.once('SIGTERM', () => process.exit(0));
