/**
 * One SQL statement. A `name` makes it a prepared statement: one name stands for one text. Values are `$1`, `$2`, …
 * `quick` is a read of a row or so by a key, which waits for nobody: outside of a transaction it may share a connection with others.
 */
export type Statement = { name?: string; text: string; values?: readonly unknown[]; quick?: true };

export type Result<Row> = { rows: Row[]; rowCount: number };

export interface Queryable {
  /**
   * Rows carry timestamptz as ISO 8601 UTC text with three fractional digits, date as text, int8 as a number
   * (RangeError beyond 2^53 - 1), numeric as text, json and jsonb parsed, bytea as a Buffer.
   * Rejects with DatabaseUnavailable or DatabaseError.
   */
  query<Row = Record<string, unknown>>(statement: Statement): Promise<Result<Row>>;
}

/** An open transaction. Statements that are given without waiting in between go out together and are done in their order. */
export interface Transaction extends Queryable {
  /**
   * A statement whose answer nobody waits for: it goes out with what is given next, and the last ones with the COMMIT. When it fails, so does
   * the transaction, with its error.
   */
  send(statement: Statement): void;
}

export interface Database extends Queryable {
  readonly kind: 'pglite' | 'postgresql';
  /**
   * One transaction (READ COMMITTED) of one organization: row-level security sees it through the transaction-local setting
   * `app.organization_id`. A serialization failure or deadlock (40001, 40P01) runs `work` again, up to three times, so `work` does
   * nothing but database statements. Inside it, only `tx` may be used: on PGlite there is one session, and it is taken.
   */
  transact<T>(organizationId: string, work: (tx: Transaction) => Promise<T>): Promise<T>;
  /** Rejects with DatabaseUnavailable when the database does not answer. */
  ping(): Promise<void>;
  /**
   * Resolves when the subscription is in force, with the function that ends it. What is sent while the connection is down is lost:
   * `onReconnect` is the moment to read everything again.
   */
  listen(channel: string, onMessage: (payload: string) => void, onReconnect?: () => void): Promise<() => Promise<void>>;
  /** Waits for what is running, then closes. A second call waits for the first. */
  close(): Promise<void>;
}
