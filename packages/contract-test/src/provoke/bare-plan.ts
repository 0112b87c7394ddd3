import { prepare } from '../chain.ts';
import type { Operation } from '../contract.ts';
import type { Plan } from '../plan.ts';
import { NotChecked } from '../results.ts';
import type { Run } from '../run.ts';
import type { Principals } from '../target.ts';
import { requiredInput } from '../valid-input.ts';

/** A request that is valid by the schemas but leads nowhere: random ids in the path, a made body. */
export function barePlan(run: Run, operation: Operation): Plan {
  return { operation, path: {}, ...requiredInput(run.arbitraries, operation, run.nextSeed()) };
}

/** A request to be refused for one reason: as good as any other, or bare where what it builds on cannot be made. */
export async function refusablePlan(run: Run, principals: Principals, operation: Operation): Promise<Plan> {
  try {
    return await prepare(run, principals, operation);
  } catch (error) {
    if (error instanceof NotChecked) return barePlan(run, operation);
    throw error;
  }
}

export function withHeader(plan: Plan, name: string, value: string): Plan {
  return { ...plan, headers: { ...plan.headers, [name]: value } };
}
