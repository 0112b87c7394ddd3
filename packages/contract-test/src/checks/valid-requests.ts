import fc from 'fast-check';
import type { Operation } from '../contract.ts';
import { isSuccess } from '../plan.ts';
import { type PreparedPlans, preparedPlans } from '../prepared-plans.ts';
import { Broken } from '../results.ts';
import type { Check, Run } from '../run.ts';
import { throwIfFailed } from '../shrink-report.ts';
import type { Principals } from '../target.ts';
import { type Input, validInputs } from '../valid-input.ts';
import { credentialFor, letIn } from '../worlds.ts';

/** Whatever the schemas allow is accepted, or meets a state it conflicts with; it is never invalid and never breaks the server. */
export const validRequests: Check = {
  name: 'valid requests',
  title: 'Random valid requests are accepted',
  async run(run) {
    for (const operation of run.operations) {
      await run.results.run('valid requests', operation.id, 'accepts what its schemas allow', () => accepts(run, operation));
    }
  },
};

async function accepts(run: Run, operation: Operation): Promise<void> {
  const plans = preparedPlans(run, operation);
  await run.worlds.inWorld(async (principals) => {
    credentialFor(run, operation, principals);
    await plans.get(principals);
  });
  const property = fc.asyncProperty(validInputs(run.arbitraries, operation), (input) =>
    run.worlds.inWorld((principals) => send(run, operation, principals, plans, input)),
  );
  throwIfFailed(await fc.check(property, { seed: run.nextSeed(), numRuns: runsWithin(run, operation) }));
}

async function send(run: Run, operation: Operation, principals: Principals, plans: PreparedPlans, input: Input): Promise<void> {
  const plan = await plans.get(principals);
  const exchange = letIn(await run.recorder.send({ ...plan, ...input }, credentialFor(run, operation, principals)));
  const { status } = exchange;
  if (isSuccess(operation, status)) return;
  if (status === 400 || status >= 500 || !operation.responses.has(status)) throw new Broken('a valid request is not accepted', exchange);
  // What an earlier request has used up (a deleted app, a token that works once) is made anew for the next one.
  plans.forget(principals);
}

/** Where one address is all there is, a limited operation is called only as often as leaves room for the other checks. */
function runsWithin(run: Run, { rateLimit }: Operation): number {
  if (!rateLimit || run.disposable || run.recorder.freshOrigin) return run.runs;
  return Math.max(1, Math.min(run.runs, Math.floor(rateLimit.limit / 5)));
}
