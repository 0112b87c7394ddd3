import { isIP } from 'node:net';
import { readDocument } from '@appstead/contract/document';
import type { Database } from '@appstead/database';
import cors from 'cors';
import express, { type Express, type RequestHandler } from 'express';
import type { Logger } from 'pino';
import { Sessions } from './features/accounts/sessions.ts';
import { createHandlers } from './handlers.ts';
import { createAuthenticator } from './http/authenticate.ts';
import { checkSchemes } from './http/authorize.ts';
import { indexContract } from './http/contract-index.ts';
import { checkHandlers, createDispatch } from './http/dispatch.ts';
import { type Exchange, exchangeOf, openExchange } from './http/exchange.ts';
import { Metrics } from './http/metrics.ts';
import { requestIdOf } from './http/request-id.ts';
import { createProblemStep, createRequestPath } from './http/request-path.ts';
import { createRoutes } from './http/route-operations.ts';
import { securityHeaders } from './http/security-headers.ts';
import { createValidator } from './http/validate.ts';
import { KeyUsage } from './keys/key-usage.ts';
import { SecretBox } from './keys/secret-box.ts';

export type ServerOptions = {
  db: Database;
  log: Logger;
  /** Where callers reach the server, without a slash at the end; problem types and tokens carry it. */
  publicUrl: string;
  /** 32 bytes; everything that has to be read back is encrypted with it. */
  encryptionKey: Buffer;
  isSignUpEnabled: () => boolean;
  /** Opens `/metrics` to who sends it; without one nobody may read them. */
  metricsToken?: string;
  /** How many proxies in front of the server are trusted to say whom they forward for. */
  trustedProxies?: number;
  /** The built documentation and the policies its pages need. */
  docs?: { siteDir: string; pagePolicies: Record<string, Record<string, string[]>> };
  now?: () => Date;
  limitOf?: (policy: string, limit: number) => number;
  /** Called before each handler; what it throws is answered as if the handler had thrown it. */
  beforeHandler?: (operationId: string) => Promise<void> | void;
};

export type Server = {
  app: Express;
  /** From now on the server says it is not ready; requests are still answered. */
  beginStop(): void;
  /** Writes out what is buffered. The database stays open. */
  close(): Promise<void>;
};

/**
 * Composes the server from its dependencies: reads no environment, opens no port. Rejects, saying what is wrong, when the contract cannot be
 * used, an operation has no handler, or a security scheme has no check.
 */
export async function createServer(options: ServerOptions): Promise<Server> {
  const { db, log, publicUrl, now = () => new Date(), docs } = options;
  const operations = indexContract(readDocument());
  const box = new SecretBox(options.encryptionKey);
  const metrics = new Metrics();
  const keyUsage = new KeyUsage(db, (error) => log.warn({ err: error }, 'key usage was not written'));
  const sessions = new Sessions({ db, box, issuer: publicUrl, now });
  const state = { stopping: false };
  const handlers = createHandlers({
    db,
    box,
    sessions,
    metrics,
    isSignUpEnabled: options.isSignUpEnabled,
    isStopping: () => state.stopping,
  });
  checkHandlers(operations, handlers);
  checkSchemes(operations);

  const app = express();
  app
    .disable('x-powered-by')
    .disable('etag')
    .set('query parser', 'simple')
    .set('trust proxy', options.trustedProxies ?? 0);
  app.enable('strict routing').enable('case sensitive routing');
  const protect = securityHeaders(docs?.pagePolicies ?? {});

  app.use((req, res, next) => {
    const requestId = requestIdOf(req);
    const path = req.url.split('?', 1)[0] ?? '/';
    const below = path.startsWith('/api/') ? path.slice(4) : path;
    const address = req.ip && isIP(req.ip) ? req.ip : 'unknown';
    openExchange(req, { requestId, startedAt: process.hrtime.bigint(), method: req.method, path: below, address });
    res.setHeader('X-Request-Id', requestId);
    res.once('close', () => finish(exchangeOf(req), res.statusCode, res.writableFinished));
    protect(req, res, path);
    // A HEAD request is answered like its GET; Node leaves out the body.
    if (req.method === 'HEAD') req.method = 'GET';
    next();
  });
  app.use(
    cors({ origin: '*', methods: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'], exposedHeaders: exposed, maxAge: 600 }) as RequestHandler,
  );
  if (docs) app.use(express.static(docs.siteDir, { index: 'index.html', redirect: true, etag: true, maxAge: '5m' }));
  if (docs) app.use('/api/v1/docs', express.static(`${docs.siteDir}/docs`, { index: 'index.html', redirect: true }));

  app.use(
    createRequestPath({
      db,
      route: createRoutes(operations),
      authenticate: createAuthenticator({ db, sessions, keyUsage, metricsToken: options.metricsToken, now }),
      validate: await createValidator(readDocument(), operations, app),
      dispatch: createDispatch(handlers, { db, box, now, ...(options.beforeHandler ? { beforeHandler: options.beforeHandler } : {}) }),
      limitOf: options.limitOf ?? ((_, limit) => limit),
      now,
    }),
  );
  app.use(
    createProblemStep(publicUrl, (error, { requestId, operation }) =>
      log.error({ err: error, requestId, operation: operation?.id }, 'request failed'),
    ),
  );

  function finish(exchange: Exchange, status: number, finished: boolean): void {
    const ms = Number(process.hrtime.bigint() - exchange.startedAt) / 1e6;
    const operation = exchange.operation?.id ?? 'none';
    metrics.count(operation, status, ms / 1000);
    const line = { requestId: exchange.requestId, method: exchange.method, operation, status, ms: Math.round(ms * 100) / 100 };
    const principal =
      exchange.principal && 'id' in exchange.principal ? { kind: exchange.principal.kind, id: exchange.principal.id } : undefined;
    log.info({ ...line, principal, code: exchange.problemCode, aborted: finished ? undefined : true }, 'request');
  }

  return {
    app,
    beginStop: () => {
      state.stopping = true;
    },
    close: async () => {
      await keyUsage.close();
      metrics.close();
    },
  };
}

const exposed = ['X-Request-Id', 'ETag', 'Idempotent-Replayed', 'Retry-After', 'RateLimit', 'RateLimit-Policy'];
