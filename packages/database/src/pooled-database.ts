import type pg from 'pg';
import type { Database, Result, Statement, Transaction } from './database.ts';
import { DatabaseError, DatabaseUnavailable, describeFailure } from './database-errors.ts';
import type { Listener } from './listener.ts';
import { run } from './run-statement.ts';
import type { SharedConnections } from './shared-connections.ts';
import { transactOnce } from './transaction.ts';

/** More than this many callers waiting for a connection cannot all be served in time. */
const waitingMax = 1_000;
const repeatsMax = 3;
const worthRepeating = new Set(['40001', '40P01']);
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

type Parts = {
  kind: Database['kind'];
  pool: pg.Pool;
  /** For quick reads; without them they take a connection of the pool. */
  shared: SharedConnections | undefined;
  listener: Listener;
  close: () => Promise<void>;
};

/** The same on both engines: a pool of connections (on PGlite, of one) and what is done with them. */
export class PooledDatabase implements Database {
  readonly kind: Database['kind'];
  readonly #parts: Parts;
  #closing: Promise<void> | undefined;

  constructor(parts: Parts) {
    this.kind = parts.kind;
    this.#parts = parts;
  }

  async query<Row = Record<string, unknown>>(statement: Statement): Promise<Result<Row>> {
    const { shared } = this.#parts;
    const taken = statement.quick && shared ? await shared.take() : await this.#connect();
    try {
      const result = await run<Row>('client' in taken ? taken.client : taken, statement);
      taken.release();
      return result;
    } catch (error) {
      taken.release(needsNewConnection(error));
      // Only a read is safe to repeat: of a write nobody knows whether it happened.
      if (this.kind !== 'postgresql' || !(error instanceof DatabaseUnavailable) || !isRead(statement.text)) throw error;
    }
    return this.#withConnection((fresh) => run<Row>(fresh, statement));
  }

  async transact<T>(organizationId: string, work: (tx: Transaction) => Promise<T>): Promise<T> {
    if (!uuid.test(organizationId)) throw new TypeError('The organization of a transaction must be a UUID');
    for (let repeats = 0; ; repeats++) {
      try {
        return await this.#withConnection((client) => transactOnce(client, organizationId, work));
      } catch (error) {
        if (repeats === repeatsMax || !(error instanceof DatabaseError) || !worthRepeating.has(error.code)) throw error;
      }
    }
  }

  async ping(): Promise<void> {
    try {
      await this.query({ name: 'ping', text: 'SELECT 1', quick: true });
    } catch (error) {
      if (error instanceof DatabaseUnavailable) throw error;
      throw new DatabaseUnavailable(`The database does not answer: ${(error as Error).message}`, { cause: error });
    }
  }

  listen(channel: string, onMessage: (payload: string) => void, onReconnect?: () => void): Promise<() => Promise<void>> {
    return this.#parts.listener.listen({ channel, onMessage, onReconnect });
  }

  close(): Promise<void> {
    this.#closing ??= this.#parts.close();
    return this.#closing;
  }

  async #connect(): Promise<pg.PoolClient> {
    if (this.#closing) throw new DatabaseUnavailable('The database is closed');
    if (this.#parts.pool.waitingCount >= waitingMax) throw new DatabaseUnavailable('Too many callers wait for a database connection');
    try {
      return await this.#parts.pool.connect();
    } catch (error) {
      throw describeFailure(error);
    }
  }

  async #withConnection<T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
    const client = await this.#connect();
    try {
      const value = await work(client);
      client.release();
      return value;
    } catch (error) {
      client.release(needsNewConnection(error));
      throw error;
    }
  }
}

// A prepared statement whose tables changed (0A000) or that is gone (26000) would fail on this connection for ever.
function needsNewConnection(error: unknown): boolean {
  if (error instanceof DatabaseError) return error.code === '26000' || (error.code === '0A000' && error.message.includes('cached plan'));
  return error instanceof DatabaseUnavailable;
}

const reads = /^\s*(SELECT|WITH|VALUES|TABLE|SHOW)\b/i;
// Also what a SELECT can do besides reading. A false alarm only costs a repetition.
const writes = /\b(INSERT|UPDATE|DELETE|MERGE|TRUNCATE|INTO|nextval|setval|pg_notify|pg_(try_)?advisory\w*)\b/i;

function isRead(text: string): boolean {
  return reads.test(text) && !writes.test(text);
}
