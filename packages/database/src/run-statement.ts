import type pg from 'pg';
import type { Result, Statement } from './database.ts';
import { describeFailure } from './database-errors.ts';
import { DescribedQuery } from './described-query.ts';

type Answer = Pick<pg.QueryResult, 'rows' | 'rowCount'>;

/** One statement on one connection. Rejects with DatabaseUnavailable or DatabaseError. */
export function run<Row>(client: pg.ClientBase, statement: Statement): Promise<Result<Row>> {
  return new Promise((resolve, reject) => {
    const done = (error: Error | undefined, answer: Answer | Answer[]) => {
      if (error) return reject(describeFailure(error, statement.name));
      const result = Array.isArray(answer) ? answer.at(-1) : answer;
      resolve({ rows: (result?.rows ?? []) as Row[], rowCount: result?.rowCount ?? 0 });
    };
    client.query(new DescribedQuery(statement, done));
  });
}
