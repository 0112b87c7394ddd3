import { randomUUID } from 'node:crypto';
import { prepare } from '../chain.ts';
import { follow, type Operation } from '../contract.ts';
import { flatten, type Properties } from '../merge-schema.ts';
import { pathParameters } from '../plan.ts';
import { expectationFor, isPublic } from '../principals.ts';
import { NotChecked } from '../results.ts';
import type { Run } from '../run.ts';
import type { PrincipalClass } from '../target.ts';
import { callerFor } from '../worlds.ts';
import { barePlan, refusablePlan, withHeader } from './bare-plan.ts';
import type { Provoker } from './provokers.ts';

/** The statuses that one wrong request causes. */
export const refusals: Record<number, Provoker> = {
  async 400(run, operation, principals) {
    const plan = await refusablePlan(run, principals, operation);
    await run.recorder.send({ ...plan, query: { ...plan.query, unexpected_parameter: '1' } }, callerFor(operation, principals));
  },

  /** A public operation that knows 401 takes its credential in the body: made ones are unknown. */
  async 401(run, operation, principals) {
    await run.recorder.send(barePlan(run, operation), principals.none);
  },

  async 403(run, operation, principals) {
    const refused = Object.entries(principals).filter(([principal, credential]) => {
      const expectation = expectationFor(operation, principal as PrincipalClass, credential);
      return expectation.kind === 'refused' && expectation.status === 403;
    });
    if (refused.length === 0)
      throw new NotChecked(isPublic(operation) ? 'no request causes it' : 'no credential that may not call it was given');
    for (const [, credential] of refused) await run.recorder.send(barePlan(run, operation), credential);
  },

  async 404(run, operation, principals) {
    const plan = barePlan(run, operation);
    if (pathParameters(operation).length === 0) {
      const name = idInBody(run, operation);
      if (!name) throw new NotChecked('neither its path nor its body names a resource');
      plan.body = { ...((await prepare(run, principals, operation)).body as object), [name]: randomUUID() };
    }
    await run.recorder.send(plan, callerFor(operation, principals));
  },

  async 412(run, operation, principals) {
    const plan = await prepare(run, principals, operation);
    await run.recorder.send(withHeader(plan, 'if-match', '"of-no-version"'), callerFor(operation, principals));
  },

  async 413(run, operation, principals) {
    const plan = await refusablePlan(run, principals, operation);
    const raw = JSON.stringify({ padding: 'x'.repeat(operation.bodyBytesMax) });
    await run.recorder.send({ ...plan, raw }, callerFor(operation, principals));
  },

  async 415(run, operation, principals) {
    const plan = await refusablePlan(run, principals, operation);
    await run.recorder.send(withHeader(plan, 'content-type', 'text/plain'), callerFor(operation, principals));
  },
};

/** A property of the body that holds the id of a resource. */
export function idInBody(run: Run, operation: Operation): string | undefined {
  if (!operation.body?.schema) return undefined;
  const properties = (flatten(run.contract.document, operation.body.schema).schema.properties as Properties | undefined) ?? {};
  return Object.entries(properties).find(([, schema]) => follow(run.contract.document, schema).format === 'uuid')?.[0];
}
