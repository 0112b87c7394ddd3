/** Express 5 with express-openapi-validator, as its README shows: the plain way to be OpenAPI-first. */

import { env } from 'node:process';
import { openDatabase } from '@appstead/database';
import express from 'express';
import OpenApiValidator from 'express-openapi-validator';
import { readDocument } from '../../../packages/contract/dist/document.js';
import { formats } from '../../../packages/contract/dist/formats.js';
import { find } from '../../../packages/server/dist/features/apps/app-store.js';
import { toApp } from '../../../packages/server/dist/features/apps/app-view.js';
import { SecretBox } from '../../../packages/server/dist/keys/secret-box.js';
import { encryptionKey } from '../seed.mjs';
import { standingHeaders } from './standing-headers.mjs';

const settings = JSON.parse(env.BENCH_SETTINGS);
const db = await openDatabase(settings.database);
const box = new SecretBox(encryptionKey);
const app = express();
app.use((_req, res, next) => {
  res.set(standingHeaders);
  next();
});
app.use(express.json());
app.use(
  OpenApiValidator.middleware({
    apiSpec: readDocument(),
    validateRequests: true,
    validateResponses: false,
    formats: Object.fromEntries(Object.entries(formats).map(([name, validate]) => [name, { type: 'string', validate }])),
    validateSecurity: {
      handlers: {
        organizationKey: (req) => req.headers['x-api-key'] === settings.organizationKey,
        apiKey: () => false,
        session: () => false,
      },
    },
  }),
);
app.get('/v1/apps/:app_id', async (req, res) => {
  const row = await find(db, settings.organizationId, req.params.app_id);
  if (!row) return res.status(404).json({ success: false });
  res.set('ETag', `"${row.version}"`).json({ success: true, app: toApp(row, box) });
});
app.get('/health/live', (_req, res) => res.json({ success: true, status: 'live' }));
app.use((error, _req, res, _next) => res.status(error.status ?? 500).json({ message: error.message, errors: error.errors }));
const server = app.listen(0, '127.0.0.1', () => console.log(`listening ${server.address().port}`));
server.keepAliveTimeout = 65_000;
process.once('SIGTERM', () => process.exit(0));
