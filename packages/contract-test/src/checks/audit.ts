import { succeed } from '../chain.ts';
import type { Operation } from '../contract.ts';
import { isPublic } from '../principals.ts';
import { refusablePlan } from '../provoke/bare-plan.ts';
import { Broken, NotChecked } from '../results.ts';
import type { Check, Run } from '../run.ts';
import { callerFor } from '../worlds.ts';

/** Each write leaves exactly one audit entry with the action the contract names; reads and refused requests leave none. */
export const audit: Check = {
  name: 'audit',
  title: 'Every write leaves its one audit entry, nothing else leaves any',
  async run(run) {
    for (const operation of run.operations) {
      const expected = operation.audit ? [operation.audit] : [];
      const guarantee = operation.audit ? `leaves one ${operation.audit}` : 'leaves no entry';
      await run.results.run('audit', operation.id, guarantee, () =>
        // A write that found nothing to change leaves no entry, hence the second try in a fresh organization.
        run.worlds.inWorld(async (principals) => {
          const { exchange } = await succeed(run, principals, operation);
          const found = await actionsOf(run, operation, exchange.requestId);
          if (found.join() !== expected.join()) throw new Broken(`expected [${expected}], found [${found}]`, exchange);
        }, 'anything'),
      );
      if (operation.audit)
        await run.results.run('audit', operation.id, 'refused requests leave no entry', () => refusedLeaveNone(run, operation));
    }
  },
};

async function refusedLeaveNone(run: Run, operation: Operation): Promise<void> {
  await run.worlds.inWorld(async (principals) => {
    const plan = await refusablePlan(run, principals, operation);
    const unknownParameter = { ...plan, query: { ...plan.query, unexpected_parameter: '1' } };
    const invalid = await run.recorder.send(unknownParameter, callerFor(operation, principals));
    const anonymous = isPublic(operation) ? [] : [await run.recorder.send(plan, principals.none)];
    for (const exchange of [invalid, ...anonymous]) {
      const found = await actionsOf(run, operation, exchange.requestId);
      if (found.length > 0) throw new Broken(`a refused request left ${found}`, exchange);
    }
  });
}

export async function actionsOf(run: Run, operation: Operation, requestId: string): Promise<string[]> {
  const entries = await run.target.auditEntries?.(requestId, operation.id);
  if (!entries) throw new NotChecked('the audit entries of this target cannot be read');
  return entries.map(({ action }) => action);
}
