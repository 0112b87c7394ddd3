import pg from 'pg';

type Callback = (error: Error | undefined, answer: never) => void;

/** What a result of the driver knows of its columns, made from the description that the server sends. */
type Columns = { fields: unknown[]; _parsers: unknown; _prebuiltEmptyResultObject: unknown };

type DriverQuery = pg.Query & {
  name: string | undefined;
  values: readonly unknown[] | undefined;
  _result: Columns;
  _accumulateRows: boolean;
  prepare(connection: pg.Connection): void;
  handleRowDescription(message: unknown): void;
  handleCommandComplete(message: unknown, connection: pg.Connection): void;
};

/** A connection as the driver sees it, and one that does not send its question for the columns; those it knows, by the names of statements. */
type Known = { columns: Map<string, Columns>; undescribed: pg.Connection };

const knownOf = new WeakMap<pg.Connection, Known>();

/**
 * A statement that asks for its columns only the first time it runs under its name on a connection. The driver asks each time, and reading the
 * answer is a fifth of a small read. The server keeps to it: a prepared statement whose columns changed it refuses (0A000), and then the
 * connection is replaced.
 *
 * Goes into the driver where it documents nothing, so its version is pinned, and the tests of both engines run through here.
 */
export class DescribedQuery extends (pg.Query as unknown as new (text: string, callback: Callback) => DriverQuery) {
  #known: Known | undefined;

  constructor({ name, text, values }: { name?: string; text: string; values?: readonly unknown[] }, callback: Callback) {
    // Given as one configuration they are copied property by property, which costs more than the way of a short statement through the driver.
    super(text, callback);
    this.name = name;
    this.values = values;
  }

  override prepare(connection: pg.Connection): void {
    this.#known = this.name === undefined ? undefined : knownOn(connection);
    const columns = this.#known?.columns.get(this.name as string);
    if (columns) {
      Object.assign(this._result, columns);
      this._accumulateRows = true;
    }
    super.prepare(columns && this.#known ? this.#known.undescribed : connection);
  }

  override handleRowDescription(message: unknown): void {
    super.handleRowDescription(message);
    this.#remember();
  }

  /** Of a statement without rows the server says at its end at the latest that it has no columns. */
  override handleCommandComplete(message: unknown, connection: pg.Connection): void {
    super.handleCommandComplete(message, connection);
    this.#remember();
  }

  #remember(): void {
    if (this.name === undefined || this.#known?.columns.has(this.name) !== false) return;
    const { fields, _parsers, _prebuiltEmptyResultObject } = this._result;
    this.#known.columns.set(this.name, { fields, _parsers, _prebuiltEmptyResultObject });
  }
}

function knownOn(connection: pg.Connection): Known {
  let known = knownOf.get(connection);
  if (!known) {
    const undescribed = Object.create(connection, { describe: { value: () => undefined } });
    known = { columns: new Map(), undescribed };
    knownOf.set(connection, known);
  }
  return known;
}
