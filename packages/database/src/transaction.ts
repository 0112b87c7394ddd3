import type pg from 'pg';
import type { Transaction } from './database.ts';
import { DatabaseError, DatabaseUnavailable, describeFailure } from './database-errors.ts';
import { run } from './run-statement.ts';

const failedTransaction = '25P02';

/**
 * One transaction on a connection that is in none. Nothing waits for BEGIN: it goes out with the first statement of the work, as COMMIT does
 * with the last ones it sent.
 */
export async function transactOnce<T>(client: pg.ClientBase, organizationId: string, work: (tx: Transaction) => Promise<T>): Promise<T> {
  let over = false;
  const sent: Promise<unknown>[] = [];
  const failures: unknown[] = [];
  const give = (statement: Parameters<Transaction['send']>[0]) => {
    // By then the connection may belong to somebody else's transaction.
    if (over) throw new Error('The transaction is over');
    return run(client, statement);
  };
  const tx: Transaction = {
    query: async (statement) => give(statement) as never,
    send(statement) {
      const answer = give(statement);
      answer.catch((error) => failures.push(error));
      sent.push(answer);
    },
  };
  try {
    // Both in one; the id was checked, because this form takes no values.
    tx.send({ text: `BEGIN; SELECT set_config('app.organization_id', '${organizationId}', true)` });
    const value = await work(tx);
    over = true;
    // Of values that cannot be sent the server learns nothing, and would commit the rest.
    if (failures.length > 0) throw failures[0];
    const committing = client.query('COMMIT');
    committing.catch(() => undefined);
    await Promise.all(sent);
    const { command } = await committing;
    // PostgreSQL answers COMMIT of a failed transaction with ROLLBACK, not with an error.
    if (command !== 'COMMIT')
      throw new DatabaseError('The transaction was rolled back: a statement in it had failed', { code: failedTransaction });
    return value;
  } catch (error) {
    over = true;
    await client.query('ROLLBACK').catch((reason) => {
      throw new DatabaseUnavailable('The connection broke inside a transaction', { cause: describeFailure(reason) });
    });
    throw describeFailure(isEcho(error) ? (failures[0] ?? error) : error);
  }
}

/** What comes after a statement that failed is refused for that alone, and that says nothing of the reason. */
function isEcho(error: unknown): boolean {
  return error instanceof DatabaseError && error.code === failedTransaction;
}
