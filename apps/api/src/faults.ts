type Fault = { type: string; message?: string; stack?: string; code?: string; cause?: Fault; errors?: Fault[] };

const depthMax = 4;

/**
 * What the log says of an error: an allow-list, because errors of libraries carry rows, addresses with passwords and whole requests in
 * fields of their own. Nothing is said of a thrown value that is no Error.
 */
export function describeFault(thrown: unknown, depth = 0): Fault {
  if (!(thrown instanceof Error)) return { type: typeof thrown };
  const { name, message, stack, cause } = thrown;
  const code = 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : undefined;
  const errors = thrown instanceof AggregateError ? thrown.errors.slice(0, 3) : [];
  return {
    type: name,
    message,
    stack,
    ...(code === undefined ? {} : { code }),
    ...(cause === undefined || depth === depthMax ? {} : { cause: describeFault(cause, depth + 1) }),
    ...(errors.length === 0 || depth === depthMax ? {} : { errors: errors.map((error) => describeFault(error, depth + 1)) }),
  };
}
