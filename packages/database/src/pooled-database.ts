import type pg from 'pg';
import type { Database, Queryable, Result, Statement } from './database.ts';
import { DatabaseError, DatabaseUnavailable, describeFailure } from './database-errors.ts';
import type { Listener } from './listener.ts';
import type { SharedConnections } from './shared-connections.ts';

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

  async transact<T>(organizationId: string, work: (tx: Queryable) => Promise<T>): Promise<T> {
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

async function transactOnce<T>(client: pg.PoolClient, organizationId: string, work: (tx: Queryable) => Promise<T>): Promise<T> {
  let over = false;
  const tx: Queryable = {
    async query(statement) {
      // By then the connection may belong to somebody else's transaction.
      if (over) throw new Error('The transaction is over');
      return run(client, statement);
    },
  };
  try {
    // Both in one round trip; the id was checked, because this form takes no values.
    await run(client, { text: `BEGIN; SELECT set_config('app.organization_id', '${organizationId}', true)` });
    const value = await work(tx);
    over = true;
    const { command } = await client.query('COMMIT');
    // PostgreSQL answers COMMIT of a failed transaction with ROLLBACK, not with an error.
    if (command !== 'COMMIT') throw new DatabaseError('The transaction was rolled back: a statement in it had failed', { code: '25P02' });
    return value;
  } catch (error) {
    over = true;
    await client.query('ROLLBACK').catch((reason) => {
      throw new DatabaseUnavailable('The connection broke inside a transaction', { cause: describeFailure(reason) });
    });
    throw describeFailure(error);
  }
}

/** One statement on one connection. */
export async function run<Row>(client: pg.ClientBase, statement: Statement): Promise<Result<Row>> {
  try {
    const answer: pg.QueryResult | pg.QueryResult[] = await client.query({
      name: statement.name,
      text: statement.text,
      values: statement.values as unknown[] | undefined,
    });
    const result = Array.isArray(answer) ? answer.at(-1) : answer;
    return { rows: (result?.rows ?? []) as Row[], rowCount: result?.rowCount ?? 0 };
  } catch (error) {
    throw describeFailure(error, statement.name);
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
