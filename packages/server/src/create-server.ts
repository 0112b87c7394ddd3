import { setTimeout as wait } from 'node:timers/promises';
import { type Document, readDocument } from '@appstead/contract/document';
import type { Database } from '@appstead/database';
import express, { type Express, type RequestHandler } from 'express';
import type { Logger } from 'pino';
import { GuardedSender } from './egress/guarded-sender.ts';
import { loadPasswordHashing } from './features/accounts/passwords.ts';
import { Sessions } from './features/accounts/sessions.ts';
import { loadTokens } from './features/accounts/tokens.ts';
import { EventFeeds } from './features/events/event-feeds.ts';
import { Ingestion } from './features/ingestion/ingestion.ts';
import { loadEventJudge } from './features/ingestion/load-event-judge.ts';
import { type MessageSender, Outbox } from './features/messages/outbox.ts';
import { CachedFigures } from './features/stats/cached-figures.ts';
import { nobody, type WebhookWaker } from './features/webhooks/webhook-waker.ts';
import { createHandlers } from './handlers.ts';
import { createAccessLog } from './http/access-log.ts';
import { createAuthenticator } from './http/authenticate.ts';
import { checkSchemes } from './http/authorize.ts';
import { validatorsFor } from './http/built-lanes.ts';
import { indexContract } from './http/contract-index.ts';
import { checkHandlers, createDispatch } from './http/dispatch.ts';
import { createDocs } from './http/docs.ts';
import { createJudge } from './http/judge.ts';
import { createLanes } from './http/lane.ts';
import { lateValidator } from './http/late-validator.ts';
import { LoadShedding } from './http/load-shedding.ts';
import { Metrics } from './http/metrics.ts';
import { PrincipalCache } from './http/principal-cache.ts';
import { requestContract } from './http/request-contract.ts';
import { createRequestPath } from './http/request-path.ts';
import { createRoutes } from './http/route-operations.ts';
import { createServe } from './http/serve.ts';
import type { PagePolicies } from './http/standing-headers.ts';
import { createValidator } from './http/validate.ts';
import { JobQueue } from './jobs/job-queue.ts';
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
  /** What is to be done in the background is sent through it. Without one it is kept for a process that does it. */
  jobs?: JobQueue;
  /** Sends webhooks, and is told when there may be some. Without one they wait for a process that does. */
  webhooks?: WebhookWaker;
  /** Sends the mail that the server queues. Without one, mail is kept for admins to read. */
  messageSender?: MessageSender;
  /** The way out for URLs that users chose. Default: one that reaches the Internet only. */
  sender?: GuardedSender;
  /** Opens `/metrics` to who sends it; without one nobody may read them. */
  metricsToken?: string;
  /** How many proxies in front of the server are trusted to say whom they forward for. */
  trustedProxies?: number;
  /** Of the requests that succeed, one in so many is logged. Default: each. */
  logSampleEvery?: number;
  /** How many requests may run at a time before more are refused with 503. */
  runningMax?: number;
  /** How late the event loop may keep being before requests are refused with 503. */
  lateMsMax?: number;
  /** The built documentation and the policies its pages need. */
  docs?: { siteDir: string; pagePolicies: PagePolicies };
  /**
   * Whether the server is handed out before the validator is compiled, so that the port can open sooner. Requests that are surely valid are
   * answered meanwhile, others wait, readiness says 503, and `compiled` tells how it ends. Without it the start waits for it.
   */
  compilesBehind?: boolean;
  now?: () => Date;
  limitOf?: (policy: string, limit: number) => number;
  /** Called before each handler; what it throws is answered as if the handler had thrown it. */
  beforeHandler?: (operationId: string) => Promise<void> | void;
  /** The contract. Only tests and benchmarks give another than the one the code was made from. */
  document?: Document;
};

export type Server = {
  /** The whole server as an Express app, to be mounted or listened with. */
  app: Express;
  /** The same without the entrance of Express, for messages that have the prototypes of the app. */
  serve: RequestHandler;
  /** Resolves when every request can be judged; rejects, saying what is wrong, when the contract cannot be used. */
  compiled: Promise<void>;
  /** From now on the server says it is not ready; requests are still answered. */
  beginStop(): void;
  /** Writes out what is buffered. The database stays open. */
  close(): Promise<void>;
};

/** The port opens meanwhile, and who waited for it is answered before compiling takes the event loop. */
const headStartMs = 250;
const headStartStepMs = 25;

/**
 * Composes the server from its dependencies: reads no environment, opens no port. Rejects, saying what is wrong, when the contract cannot be
 * used, an operation has no handler, or a security scheme has no check.
 */
export async function createServer(options: ServerOptions): Promise<Server> {
  const { db, log, publicUrl, sender = new GuardedSender(), now = () => new Date(), document = readDocument() } = options;
  const operations = indexContract(document);
  const box = new SecretBox(options.encryptionKey);
  const webhooks = options.webhooks ?? nobody;
  const metrics = new Metrics();
  const keyUsage = new KeyUsage(db, (error) => log.warn({ err: error }, 'key usage was not written'));
  const figures = new CachedFigures(db, now, (error) => log.warn({ err: error }, 'cached figures were not written'));
  const ingestion = new Ingestion({ db, now, onStored: (organizationId, appId) => figures.mark(organizationId, appId), webhooks });
  const sessions = new Sessions({ db, box, issuer: publicUrl, now });
  const principals = new PrincipalCache();
  const unfollow = await principals.follow(db);
  const feeds = new EventFeeds({
    db,
    now,
    pollMs: 1_000,
    onError: (error) => log.warn({ err: error }, 'events cannot be followed'),
  });
  const state = { stopping: false, compiled: false };
  const handlers = createHandlers({
    db,
    box,
    sessions,
    outbox: new Outbox({ box, log, sender: options.messageSender }),
    sender,
    metrics,
    jobs: options.jobs ?? new JobQueue({ db, log }),
    feeds,
    webhooks,
    ingestion,
    figures,
    publicUrl,
    isSignUpEnabled: options.isSignUpEnabled,
    isStopping: () => state.stopping,
    isCompiled: () => state.compiled,
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
  const shedding = new LoadShedding({ runningMax: options.runningMax ?? 2_000, lateMsMax: options.lateMsMax ?? 1_000 });
  const compile = async () => {
    const validator = await createValidator(requestContract(document), operations, app);
    // What a first sign-in and a first look at the metrics would have to wait for.
    await Promise.all([loadPasswordHashing(), loadTokens(), loadEventJudge(), sender.load(), metrics.load()]);
    state.compiled = true;
    // Only now: what came before kept the event loop busy, and that is no overload.
    shedding.watch();
    return validator;
  };
  const validator = lateValidator(options.compilesBehind ? headStart(metrics).then(compile) : compile());
  if (!options.compilesBehind) await validator.compiled;
  const hook = options.beforeHandler ? { beforeHandler: options.beforeHandler } : {};
  const serve = createServe({
    route: createRoutes(operations),
    requestPath: createRequestPath({
      db,
      authenticate: createAuthenticator({ db, sessions, keyUsage, principals, metricsToken: options.metricsToken, now }),
      validate: createJudge(createLanes(operations, await validatorsFor(document)), validator.validate),
      dispatch: createDispatch(handlers, { db, box, principals, now, ...hook }),
      limitOf: options.limitOf ?? ((_, limit) => limit),
      now,
    }),
    docs: options.docs && createDocs(options.docs.siteDir),
    pagePolicies: options.docs?.pagePolicies ?? {},
    isSecure: publicUrl.startsWith('https:'),
    finish: createAccessLog(log, metrics, options.logSampleEvery ?? 1),
    shedding,
    publicUrl,
    onFault: (error, { requestId, operation }) => log.error({ err: error, requestId, operation: operation?.id }, 'request failed'),
  });
  app.use(serve);

  return {
    app,
    serve,
    compiled: validator.compiled,
    beginStop: () => {
      state.stopping = true;
      feeds.beginStop();
    },
    close: async () => {
      feeds.beginStop();
      await unfollow();
      await ingestion.close();
      await figures.close();
      await keyUsage.close();
      shedding.close();
      metrics.close();
    },
  };
}

/** Over with the first answer, or when nobody seems to wait for one. */
async function headStart(metrics: Metrics): Promise<void> {
  for (let waitedMs = 0; waitedMs < headStartMs && !metrics.hasCounted(); waitedMs += headStartStepMs) await wait(headStartStepMs);
}
