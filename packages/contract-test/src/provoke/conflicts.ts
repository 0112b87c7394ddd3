import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { type Exchange, isObject } from '../answer.ts';
import { prepare } from '../chain.ts';
import type { Operation } from '../contract.ts';
import { flatten, type Properties } from '../merge-schema.ts';
import { declaresHeader, type Plan } from '../plan.ts';
import { NotChecked } from '../results.ts';
import type { Run } from '../run.ts';
import type { Principals } from '../target.ts';
import { credentialFor, letIn } from '../worlds.ts';
import { barePlan, withHeader } from './bare-plan.ts';
import type { Provoker } from './provokers.ts';

const repeatsMax = 4;
const parallelRounds = 10;
const parallelRequests = 4;

/** The statuses that two requests cause together. */
export const conflicts: Record<number, Provoker> = {
  /** The same request again, then several at once under one key. */
  async 409(run, operation, principals) {
    if (await repeatUntilConflict(run, operation, principals)) return;
    if (!declaresHeader(operation, 'Idempotency-Key')) throw new NotChecked(`${repeatsMax + 1} equal requests in a row did not conflict`);
    await conflictInParallel(run, operation, principals);
  },

  async 422(run, operation, principals) {
    await reuseKey(run, operation, principals);
  },
};

/** Sends another request under a used key: another body, another path, or the key of another operation. */
export async function reuseKey(run: Run, operation: Operation, principals: Principals): Promise<Exchange> {
  const credential = credentialFor(run, operation, principals);
  const key = randomUUID();
  const first = withHeader(await prepare(run, principals, operation), 'idempotency-key', key);
  letIn(await run.recorder.send(first, credential));
  const second = await otherRequest(run, operation, principals, first);
  return second
    ? run.recorder.send(withHeader(second, 'idempotency-key', key), credential)
    : afterAnotherOperation(run, operation, principals);
}

/** Two requests at once under one `Idempotency-Key`, until one of them is told that the other still runs. */
export async function conflictInParallel(run: Run, operation: Operation, principals: Principals): Promise<void> {
  const credential = credentialFor(run, operation, principals);
  for (let round = 0; round < parallelRounds && run.recorder.count(operation.id, 409) === 0; round += 1) {
    const plan = withHeader(await prepare(run, principals, operation), 'idempotency-key', randomUUID());
    await Promise.all(Array.from({ length: parallelRequests }, () => run.recorder.send(plan, credential)));
  }
}

async function repeatUntilConflict(run: Run, operation: Operation, principals: Principals): Promise<boolean> {
  const credential = credentialFor(run, operation, principals);
  const bodies = (operation.body?.examples.length ?? 0) + 1;
  for (let attempt = 0; attempt < bodies; attempt += 1) {
    const plan = await prepare(run, principals, operation, attempt);
    for (let repeat = 0; repeat <= repeatsMax; repeat += 1) {
      const again = declaresHeader(operation, 'Idempotency-Key') ? withHeader(plan, 'idempotency-key', randomUUID()) : plan;
      if (letIn(await run.recorder.send(again, credential)).status === 409) return true;
    }
  }
  return false;
}

/** A valid request that differs from the given one in body or path; `undefined` when the operation has neither. */
async function otherRequest(run: Run, operation: Operation, principals: Principals, first: Plan): Promise<Plan | undefined> {
  if (operation.body) {
    for (let tries = 0; tries < 20; tries += 1) {
      const { body } = barePlan(run, operation);
      if (!isDeepStrictEqual(understood(run, operation, body), understood(run, operation, first.body))) return { ...first, body };
    }
  }
  return Object.keys(first.path).length > 0 ? prepare(run, principals, operation) : undefined;
}

/** A body as the server takes it: what is left out and has a default says the same as the default. */
function understood(run: Run, operation: Operation, body: unknown): unknown {
  if (!isObject(body) || !operation.body?.schema) return body;
  const { properties = {} } = flatten(run.contract.document, operation.body.schema).schema as { properties?: Properties };
  const defaults = Object.entries(properties).flatMap(([name, each]) => {
    const { default: fallback } = flatten(run.contract.document, each).schema;
    return fallback === undefined ? [] : [[name, fallback]];
  });
  return { ...Object.fromEntries(defaults), ...body };
}

/** For operations without body and path: their key was already used by the same caller for another operation. */
async function afterAnotherOperation(run: Run, operation: Operation, principals: Principals): Promise<Exchange> {
  const credential = credentialFor(run, operation, principals);
  const key = randomUUID();
  for (const other of run.contract.operations) {
    if (other.id === operation.id || !declaresHeader(other, 'Idempotency-Key') || !other.body) continue;
    const exchange = await run.recorder.send(withHeader(await prepare(run, principals, other), 'idempotency-key', key), credential);
    if (exchange.status >= 300) continue;
    return run.recorder.send(withHeader(await prepare(run, principals, operation), 'idempotency-key', key), credential);
  }
  throw new NotChecked('it has neither body nor path, and no other operation its caller may call takes an Idempotency-Key');
}
