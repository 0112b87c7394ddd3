import { prepare, succeedAnywhere } from '../chain.ts';
import type { Operation } from '../contract.ts';
import { declaresHeader } from '../plan.ts';
import { conflictInParallel } from '../provoke/conflicts.ts';
import { earlyProvokers, lateProvokers, type Provoker } from '../provoke/provokers.ts';
import { Broken, NotChecked } from '../results.ts';
import type { Check, Run } from '../run.ts';
import { credentialFor, letIn } from '../worlds.ts';

/**
 * Every operation has been answered with every status it declares. Begins the run (successes and refusals) and ends it (limits and outages,
 * then the verdict on all that was answered meanwhile).
 */
export function createCoverage(): { opening: Check; closing: Check } {
  /** Why a status could not be provoked, by operation and status. */
  const reasons = new Map<string, Error>();

  async function attempt(run: Run, operation: Operation, status: number, provoker: Provoker | undefined): Promise<void> {
    for (const way of [() => provokeWith(run, operation, status, provoker), () => arrange(run, operation, status)]) {
      if (run.recorder.count(operation.id, status) > 0) return;
      try {
        await way();
      } catch (error) {
        reasons.set(`${operation.id} ${status}`, error as Error);
      }
    }
  }

  return {
    opening: {
      name: 'examples',
      title: 'Every request example of the contract is accepted',
      async run(run) {
        for (const operation of run.operations) {
          for (const status of operation.responses.keys()) {
            if (!(status in lateProvokers)) await attempt(run, operation, status, earlyProvokers[status]);
          }
          await tryExamples(run, operation);
        }
      },
    },
    closing: {
      name: 'coverage',
      title: 'Every operation answers every status it declares',
      async run(run) {
        for (const operation of run.operations) {
          for (const status of operation.responses.keys()) {
            if (status in lateProvokers) await attempt(run, operation, status, lateProvokers[status]);
            await run.results.run('coverage', operation.id, `answers ${status}`, async () => verdict(run, operation, status));
          }
        }
      },
    },
  };

  function verdict(run: Run, operation: Operation, status: number): void {
    if (run.recorder.count(operation.id, status) > 0) return;
    const reason = reasons.get(`${operation.id} ${status}`);
    const message = `${status} is declared and was never answered${reason ? `: ${reason.message}` : ''}`;
    if (run.disposable || (reason instanceof Broken && status < 400)) throw new Broken(message);
    throw new NotChecked(reason?.message ?? message);
  }
}

async function provokeWith(run: Run, operation: Operation, status: number, provoker: Provoker | undefined): Promise<void> {
  if (provoker) await run.worlds.inWorld((principals) => provoker(run, operation, principals));
  else if (status < 400) await succeedAnywhere(run, operation);
}

/** Asks the target to arrange what no request can, and sends a valid request then. */
async function arrange(run: Run, operation: Operation, status: number): Promise<void> {
  await run.worlds.inWorld(async (principals) => {
    const plan = await prepare(run, principals, operation);
    const arranged = await run.target.provoke?.(operation.id, status);
    if (!arranged) return;
    const note = `${operation.id} ${status}: arranged by the target, because no request causes it`;
    if (!run.results.notes.includes(note)) run.results.notes.push(note);
    try {
      if (status === 409 && declaresHeader(operation, 'Idempotency-Key')) await conflictInParallel(run, operation, principals);
      else {
        const exchange = await run.recorder.send(plan, credentialFor(run, operation, principals));
        if (exchange.status !== status) letIn(exchange);
      }
    } finally {
      await arranged.undo();
    }
  });
}

/** An example must not be invalid; that it meets a state in which it conflicts is no fault of its own. */
async function tryExamples(run: Run, operation: Operation): Promise<void> {
  for (const [index, body] of (operation.body?.examples ?? []).entries()) {
    await run.results.run('examples', operation.id, `request example ${index + 1} is accepted`, () =>
      run.worlds.inWorld(async (principals) => {
        const plan = await prepare(run, principals, operation);
        const exchange = await run.recorder.send({ ...plan, body }, credentialFor(run, operation, principals));
        if (exchange.status === 400 || exchange.status >= 500) throw new Broken('an example of the contract is not accepted', exchange);
      }),
    );
  }
}
