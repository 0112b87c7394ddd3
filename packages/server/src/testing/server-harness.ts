import { randomBytes } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { Writable } from 'node:stream';
import { type Database, DatabaseUnavailable } from '@appstead/database';
import { type TestDatabase, testDatabase } from '@appstead/database/testing';
import { pino } from 'pino';
import { createServer } from '../create-server.ts';
import { AllowList } from '../egress/allow-list.ts';
import { GuardedSender } from '../egress/guarded-sender.ts';
import { Sessions } from '../features/accounts/sessions.ts';
import { SigningKeys } from '../features/accounts/signing-keys.ts';
import type { MessageSender } from '../features/messages/outbox.ts';
import type { WebhookWaker } from '../features/webhooks/webhook-waker.ts';
import { JobQueue } from '../jobs/job-queue.ts';
import { SecretBox } from '../keys/secret-box.ts';
import { listen } from '../listen.ts';
import type { Role } from '../principal.ts';
import { makeApiKey, makeOrganization, makeUser } from './organization.ts';

export const metricsToken = 'a-metrics-token-for-tests';

export type Harness = Awaited<ReturnType<typeof startServer>>;
type Beside = { db: TestDatabase; encryptionKey: Buffer };

type State = {
  away: boolean;
  deaf: boolean;
  signUp: boolean;
  offsetMs: number;
  /** By operationId: what happens before its handler runs, in its transaction if it has one. */
  before: Map<string, () => Promise<void> | void>;
  /** What happens when a request is about to begin its transaction, its caller known: where another request may come in between. */
  beforeTransaction: (() => Promise<void> | void) | undefined;
  /** By policy: a rate limit other than the contract's. */
  limits: Map<string, number>;
};

type Options = {
  beside?: Beside;
  messageSender?: MessageSender;
  /** What URLs of users may reach beside the Internet. Default: nothing. */
  egressAllow?: string;
  /** How many requests may run at a time. */
  runningMax?: number;
  /** What is told of webhooks to send. Default: nobody. */
  webhooks?: WebhookWaker;
  /** Whether the server answers before its validator is compiled. Default: no. */
  compilesBehind?: boolean;
};

/**
 * A whole server on a free port, with a clock that tests set, the log lines it wrote, and ways to make it fail. Over a database of its own, or
 * over that of another server, as a second process would be.
 */
export async function startServer({ beside, messageSender, egressAllow, runningMax, webhooks, compilesBehind = false }: Options = {}) {
  const real = beside?.db ?? (await testDatabase());
  const quiet = { away: false, deaf: false, signUp: true, offsetMs: 0, beforeTransaction: undefined };
  const state: State = { ...quiet, before: new Map(), limits: new Map() };
  const db = interruptible(real, state);
  const now = () => new Date(Date.now() + state.offsetMs);
  const lines: string[] = [];
  const sink = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk));
      done();
    },
  });
  const encryptionKey: Buffer = beside?.encryptionKey ?? randomBytes(32);
  const publicUrl = 'http://appstead.test';
  const sender = new GuardedSender({ allow: AllowList.parse(egressAllow ?? '') });
  const log = pino({ level: 'debug' }, sink);
  const jobs = new JobQueue({ db, log, pollMs: 50 });
  const server = await createServer({
    db,
    log,
    jobs,
    publicUrl,
    encryptionKey,
    isSignUpEnabled: () => state.signUp,
    metricsToken,
    sender,
    compilesBehind,
    ...(messageSender ? { messageSender } : {}),
    ...(runningMax === undefined ? {} : { runningMax }),
    ...(webhooks ? { webhooks } : {}),
    // A test machine may be busy with other tests; that the server refuses then has a test of its own.
    lateMsMax: Number.POSITIVE_INFINITY,
    now,
    limitOf: (policy, limit) => state.limits.get(policy) ?? limit,
    beforeHandler: (operationId) => state.before.get(operationId)?.(),
  });
  const http = await listen(server, { port: 0, host: '0.0.0.0', publicUrl });
  const { port } = http.address() as AddressInfo;
  const box = new SecretBox(encryptionKey);
  const newSigningKeys = () => new SigningKeys(real, box, now);
  const sessions = new Sessions({ db: real, box, issuer: publicUrl, now });
  const parts = { transact: real.transact.bind(real), sessions, now };

  return {
    url: `http://127.0.0.1:${port}`,
    port,
    admin: real.admin,
    db: real,
    server,
    state,
    now,
    box,
    sender,
    /** The queue of the server. A test that wants jobs done says what does them and starts it. */
    jobs,
    encryptionKey,
    /** The signing keys of this installation as another process has them. */
    newSigningKeys,
    signingKeys: newSigningKeys(),
    /** Every log line so far, as text. */
    log: lines,
    newOrganization: () => makeOrganization(parts),
    newUser: (organizationId: string, role: Role) => makeUser(parts, organizationId, role),
    newApiKey: (organizationId: string, of: Parameters<typeof makeApiKey>[2] = {}) => makeApiKey(parts, organizationId, of),
    close: async () => {
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
      await jobs.stop(0);
      await server.close();
      await sender.close();
      if (!beside) await real.close();
    },
  };
}

/** A database that is gone while `away` is set, as a stopped PostgreSQL would be, and whose messages are lost while `deaf` is. */
function interruptible(real: Database, state: State): Database {
  const reach = () => {
    if (state.away) throw new DatabaseUnavailable('the database was taken away');
    return real;
  };
  return {
    kind: real.kind,
    query: async (statement) => reach().query(statement),
    transact: async (organizationId, work) => {
      await state.beforeTransaction?.();
      return reach().transact(organizationId, work);
    },
    ping: async () => reach().ping(),
    listen: (channel, onMessage, onReconnect) => real.listen(channel, (payload) => state.deaf || onMessage(payload), onReconnect),
    close: () => real.close(),
  };
}
