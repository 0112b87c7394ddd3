import { evaluate } from './expression.ts';
import { operationById, type Plan } from './plan.ts';
import type { Run } from './run.ts';
import { callerFor } from './worlds.ts';

/**
 * Takes away what the kit made on a deployment: whenever an answer has a link to an operation that deletes, that one is called at the end.
 * @returns what to call at the end; it says in the notes how much was made and how much of it is left.
 */
export function sweep(run: Run): () => Promise<void> {
  const deletions = new Map<string, Plan>();
  run.recorder.onExchange((exchange, plan) => {
    const links = plan?.operation.responses.get(exchange.status)?.links ?? {};
    for (const { operationId, parameters } of Object.values(links)) {
      const operation = operationById(run.contract, operationId);
      if (!plan || operation?.method !== 'delete') continue;
      const path = evaluate(parameters ?? {}, { plan, exchange }) as Record<string, string>;
      deletions.set(`${operationId} ${JSON.stringify(path)}`, { operation, path, query: {}, headers: {} });
    }
  });
  return async () => {
    const principals = await run.worlds.principals();
    let left = 0;
    for (const plan of deletions.values()) {
      try {
        const { status } = await run.recorder.send(plan, callerFor(plan.operation, principals));
        if (status >= 300 && status !== 404) left += 1;
      } catch {
        left += 1;
      }
    }
    if (deletions.size > 0) run.results.notes.push(`${deletions.size} resources were made and deleted again, ${left} are left`);
  };
}
