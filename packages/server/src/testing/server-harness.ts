import { randomBytes } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { Writable } from 'node:stream';
import { type Database, DatabaseUnavailable } from '@appstead/database';
import { type TestDatabase, testDatabase } from '@appstead/database/testing';
import { pino } from 'pino';
import { createServer } from '../create-server.ts';
import { Sessions } from '../features/accounts/sessions.ts';
import { SecretBox } from '../keys/secret-box.ts';
import { listen } from '../listen.ts';
import type { Role } from '../principal.ts';
import { makeApiKey, makeOrganization, makeUser } from './organization.ts';

export const metricsToken = 'a-metrics-token-for-tests';

export type Harness = Awaited<ReturnType<typeof startServer>>;
type Beside = { db: TestDatabase; encryptionKey: Buffer };

/**
 * A whole server on a free port, with a clock that tests set, the log lines it wrote, and ways to make it fail. Over a database of its own, or
 * over that of another server, as a second process would be.
 */
export async function startServer(beside?: Beside) {
  const real = beside?.db ?? (await testDatabase());
  const state = { away: false, deaf: false, signUp: true, offsetMs: 0, before: new Map<string, () => Promise<void> | void>() };
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
  const server = await createServer({
    db,
    log: pino({ level: 'debug' }, sink),
    publicUrl,
    encryptionKey,
    isSignUpEnabled: () => state.signUp,
    metricsToken,
    // A test machine may be busy with other tests; that the server refuses then has a test of its own.
    lateMsMax: Number.POSITIVE_INFINITY,
    now,
    beforeHandler: (operationId) => state.before.get(operationId)?.(),
  });
  const http = await listen(server, { port: 0, host: '0.0.0.0', publicUrl });
  const { port } = http.address() as AddressInfo;
  const sessions = new Sessions({ db: real, box: new SecretBox(encryptionKey), issuer: publicUrl, now });
  const parts = { transact: real.transact.bind(real), sessions, now };

  return {
    url: `http://127.0.0.1:${port}`,
    port,
    admin: real.admin,
    encryptionKey,
    db: real,
    server,
    state,
    now,
    /** Every log line so far, as text. */
    log: lines,
    newOrganization: () => makeOrganization(parts),
    newUser: (organizationId: string, role: Role) => makeUser(parts, organizationId, role),
    newApiKey: (organizationId: string, of: Parameters<typeof makeApiKey>[2] = {}) => makeApiKey(parts, organizationId, of),
    close: async () => {
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
      await server.close();
      if (!beside) await real.close();
    },
  };
}

/** A database that is gone while `away` is set, as a stopped PostgreSQL would be, and whose messages are lost while `deaf` is. */
function interruptible(real: Database, state: { away: boolean; deaf: boolean }): Database {
  const reach = () => {
    if (state.away) throw new DatabaseUnavailable('the database was taken away');
    return real;
  };
  return {
    kind: real.kind,
    query: async (statement) => reach().query(statement),
    transact: async (organizationId, work) => reach().transact(organizationId, work),
    ping: async () => reach().ping(),
    listen: (channel, onMessage, onReconnect) => real.listen(channel, (payload) => state.deaf || onMessage(payload), onReconnect),
    close: () => real.close(),
  };
}
