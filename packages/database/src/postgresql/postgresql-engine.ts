import { Socket } from 'node:net';
import type pg from 'pg';
import { batchWrites } from '../batch-writes.ts';
import { columnTypes } from '../column-types.ts';
import type { Engine } from '../engine.ts';
import { PostgresqlListener } from './postgresql-listener.ts';

const connectLimitMs = 2_000;
const lockLimitMs = 10_000;
const idleLimitMs = 60_000;
/** Two, so that one slow answer does not hold up everybody. */
const sharedConnections = 2;

/** A PostgreSQL server, 15 or later, at a connection URL. */
export function postgresqlEngine(options: { databaseUrl: string; poolSize: number; statementTimeoutMs: number }): Engine {
  const settings = (session: Record<string, string | number>) =>
    ({
      ...address(options.databaseUrl, session),
      application_name: 'appstead',
      connectionTimeoutMillis: connectLimitMs,
      keepAlive: true,
      types: columnTypes,
      stream: () => batchWrites(new Socket()),
      // Several statements at once on one connection go out together instead of one after the other.
      pipeline: true,
    }) satisfies pg.ClientConfig;

  const ownerSettings = settings({ TimeZone: 'UTC' });
  // They are part of the number the operator allows; with hardly any, none is set aside.
  const sharedSize = options.poolSize > 2 * sharedConnections - 1 ? sharedConnections : 0;
  return {
    kind: 'postgresql',
    ownerSettings,
    sharedSize,
    poolSettings: (role) => ({
      ...settings({
        TimeZone: 'UTC',
        statement_timeout: options.statementTimeoutMs,
        lock_timeout: Math.min(lockLimitMs, options.statementTimeoutMs),
        // A process that hangs inside a transaction must not hold its locks for ever.
        idle_in_transaction_session_timeout: options.statementTimeoutMs,
        // Compiling costs more than any of the short statements here takes.
        jit: 'off',
        ...(role ? { role } : {}),
      }),
      max: options.poolSize - sharedSize,
      idleTimeoutMillis: idleLimitMs,
    }),
    afterConnect: async () => undefined,
    prepare: async () => undefined,
    listener: (_pool, log) => new PostgresqlListener(ownerSettings, log),
    tend: () => () => undefined,
    close: async () => undefined,
  };
}

// An `options` parameter of the URL would replace ours: pg lets the URL win. Ours come last, so that they decide.
function address(databaseUrl: string, session: Record<string, string | number>): pg.ClientConfig {
  const ours = Object.entries(session)
    .map(([name, value]) => `-c ${name}=${value}`)
    .join(' ');
  if (!/[?&]options=/.test(databaseUrl)) return { connectionString: databaseUrl, options: ours };
  const url = new URL(databaseUrl);
  url.searchParams.set('options', `${url.searchParams.get('options')} ${ours}`);
  return { connectionString: url.href };
}
