import type { Server as HttpServer } from 'node:http';
import { isIP } from 'node:net';
import { type Database, DatabaseError, DatabaseUnavailable, openDatabase } from '@appstead/database';
import { pagePolicies, siteDir } from '@appstead/docs';
import {
  bootstrap,
  createServer,
  GuardedSender,
  JobQueue,
  listen,
  type ServerOptions,
  startJobs,
  startMessageSender,
  WebhookSender,
} from '@appstead/server';
import type { Logger } from 'pino';
import type { Config } from './config.ts';
import { embeddedEncryptionKey } from './encryption-key.ts';
import { describeListenFailure, findPort } from './port.ts';

export type Running = {
  url: string;
  http: HttpServer;
  database: Database['kind'];
  /** From now on readiness says 503, and no background work begins. */
  beginStop: () => void;
  /** Ends background work, writes out what is buffered and closes the database. The port is closed before. */
  close: () => Promise<void>;
  /**
   * Resolves when every request can be judged, with what is shown once, on a database that had no organization. The port is open before, and
   * requests that are surely valid are answered. Rejects, saying what is wrong, when the contract cannot be used; the process must end then.
   */
  ready: Promise<Awaited<ReturnType<typeof bootstrap>>>;
};

/** How long jobs and webhooks that run may go on at a stop. Half of what a stop waits for everything to close. */
const backgroundGraceMs = 5_000;

/** Opens everything in order. Rejects with an Error whose message says what to do; nothing stays open then. */
export async function start(config: Config, log: Logger): Promise<Running> {
  const { HOST: host } = config;
  const port = await findPort(config.PORT, host);
  const url = config.PUBLIC_URL ?? `http://${reachable(host)}:${port}`;
  const encryptionKey = config.ENCRYPTION_KEY ?? (await embeddedEncryptionKey(config.DATA_DIR));
  const db = await open(config, log);
  const messageSender = senderOf(config, { db, log, encryptionKey });
  const sender = new GuardedSender({ allow: config.EGRESS_ALLOW });
  const webhooks = new WebhookSender({ db, log, sender, encryptionKey });
  const jobs = new JobQueue({ db, log });
  try {
    const server = await createServer({
      db,
      log,
      jobs,
      publicUrl: url,
      encryptionKey,
      sender,
      webhooks,
      isSignUpEnabled: () => config.SIGNUP_ENABLED,
      trustedProxies: config.TRUSTED_PROXIES,
      docs: await builtDocs(log),
      compilesBehind: true,
      logSampleEvery: config.LOG_SAMPLE_EVERY,
      ...(messageSender ? { messageSender } : {}),
      ...(config.METRICS_TOKEN === undefined ? {} : { metricsToken: config.METRICS_TOKEN }),
    });
    const http = await listen(server, { port, host, publicUrl: url }).catch((error) => {
      throw describeListenFailure(error, port, host);
    });
    const ready = server.compiled.then(async () => {
      // Last, when nothing else can fail: what it makes is shown once.
      const first = await bootstrap(db, { email: config.OWNER_EMAIL });
      startJobs({ db, log, jobs, encryptionKey, sender, publicUrl: url, messageSender, webhooks });
      return first;
    });
    const beginStop = () => {
      server.beginStop();
      jobs.beginStop();
      webhooks.beginStop();
    };
    const close = async () => {
      // At the same time: one that waits for a stranger must not use up the time in which the others write what they have.
      await Promise.all([jobs.stop(backgroundGraceMs), webhooks.stop(backgroundGraceMs), messageSender?.stop(), server.close()]);
      await sender.close();
      await db.close();
    };
    return { url, http, database: db.kind, beginStop, close, ready };
  } catch (error) {
    await messageSender?.stop();
    await webhooks.stop(0);
    await sender.close();
    await db.close();
    throw error;
  }
}

function senderOf({ SMTP_URL: smtpUrl, MAIL_FROM: from }: Config, parts: { db: Database; log: Logger; encryptionKey: Buffer }) {
  return smtpUrl === undefined || from === undefined ? undefined : startMessageSender({ ...parts, smtpUrl, from });
}

async function open(config: Config, log: Logger): Promise<Database> {
  const at = config.DATABASE_URL;
  try {
    return await openDatabase({
      ...(at === undefined ? { dataDir: `${config.DATA_DIR}/database` } : { databaseUrl: at }),
      poolSize: config.DATABASE_POOL_SIZE,
      log: (message) => log.info(message),
    });
  } catch (error) {
    if (!(error instanceof DatabaseUnavailable || error instanceof DatabaseError)) throw error;
    throw new Error(`The database of DATABASE_URL cannot be used: ${error.message}`, { cause: error });
  }
}

/** The documentation. Whoever runs the server from source may not have built it, and needs the API all the same. */
async function builtDocs(log: Logger): Promise<ServerOptions['docs']> {
  try {
    return { siteDir, pagePolicies: await pagePolicies() };
  } catch {
    log.warn('The documentation is not served, because it was not built: npm run build');
    return undefined;
  }
}

/** A name under which a person on this machine reaches an address that was listened on. */
function reachable(host: string): string {
  if (['0.0.0.0', '::', '127.0.0.1', '::1'].includes(host)) return 'localhost';
  return isIP(host) === 6 ? `[${host}]` : host;
}
