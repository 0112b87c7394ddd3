import pg from 'pg';

/** The database cannot be asked at the moment: not reachable, restarting, out of connections, or the connection broke. */
export class DatabaseUnavailable extends Error {
  override readonly name = 'DatabaseUnavailable';
}

/**
 * The database refused a statement. `code` is the SQLSTATE (PostgreSQL, appendix A); `constraint` and `table` are set when it names
 * them (for a partitioned table, those of the partition). Carries no values of rows: PostgreSQL's `detail` and `where` are left behind.
 */
export class DatabaseError extends Error {
  override readonly name = 'DatabaseError';
  readonly code: string;
  readonly constraint?: string;
  readonly table?: string;
  /** The name of the statement, when it had one. */
  readonly statement?: string;

  constructor(message: string, facts: { code: string; constraint?: string; table?: string; statement?: string }) {
    super(message);
    this.code = facts.code;
    this.constraint = facts.constraint;
    this.table = facts.table;
    this.statement = facts.statement;
  }
}

export function isUniqueViolation(error: unknown, constraint: string): boolean {
  return error instanceof DatabaseError && error.code === '23505' && error.constraint === constraint;
}

// Connection exceptions, too many connections, and the server going down or coming up.
const unavailableStates = /^(08...|53300|57P0[1235])$/;
const unavailableSystemCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ENOENT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'EHOSTDOWN',
  'ENETUNREACH',
]);
// What pg says, without a code, about a connection that is gone or did not come.
const unavailableMessages =
  /^(Connection terminated|timeout exceeded when trying to connect|timeout expired|Query read timeout|Client (has encountered a connection error|was closed)|Cannot use a pool after calling end)/;

/** Turns what `pg` rejects with into DatabaseUnavailable or DatabaseError; anything else (a mistake in the program) stays itself. */
export function describeFailure(error: unknown, statement?: string): unknown {
  if (error instanceof DatabaseUnavailable || error instanceof DatabaseError || !(error instanceof Error)) return error;
  if (error instanceof pg.DatabaseError) {
    const code = error.code ?? 'XX000';
    if (unavailableStates.test(code)) return new DatabaseUnavailable(`The database is unavailable: ${error.message}`, { cause: error });
    return new DatabaseError(withoutValues(code, error.message), { code, constraint: error.constraint, table: error.table, statement });
  }
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (unavailableSystemCodes.has(code)) return new DatabaseUnavailable(`The database cannot be reached (${code})`, { cause: error });
  if (unavailableMessages.test(error.message))
    return new DatabaseUnavailable(`The database is unavailable: ${error.message}`, { cause: error });
  return error;
}

// Class 22 (data exception) quotes the offending value in its message: invalid input syntax for type uuid: "…".
function withoutValues(code: string, message: string): string {
  return code.startsWith('22') ? message.replace(/".*"/s, '"…"') : message;
}
