import { prepare } from './chain.ts';
import type { Operation } from './contract.ts';
import type { Plan } from './plan.ts';
import type { Run } from './run.ts';
import type { Principals } from './target.ts';

/** One valid request per organization, for many requests that differ in something else. */
export type PreparedPlans = {
  get(principals: Principals): Promise<Plan>;
  /** After its resource was used up. */
  forget(principals: Principals): void;
};

export function preparedPlans(run: Run, operation: Operation): PreparedPlans {
  const made = new Map<Principals, Plan>();
  return {
    async get(principals) {
      const plan = made.get(principals) ?? (await prepare(run, principals, operation));
      made.set(principals, plan);
      return plan;
    },
    forget: (principals) => made.delete(principals),
  };
}
