import { prepare } from '../chain.ts';
import type { Operation } from '../contract.ts';
import { NotChecked } from '../results.ts';
import type { Run } from '../run.ts';
import type { Fault, Principals } from '../target.ts';
import { callerFor, credentialFor } from '../worlds.ts';
import { barePlan } from './bare-plan.ts';
import type { Provoker } from './provokers.ts';

/** More requests than this are not sent to reach a limit. */
const limitMax = 2000;

/** The statuses of a server in trouble, or of a caller that asks too often. They come last, because they take something away. */
export const outages: Record<number, Provoker> = {
  /** Broken requests first, because they cost the server least; then, if those are not counted, valid ones that lead nowhere. */
  async 429(run, operation, principals) {
    if (!run.exhaustLimits) throw new NotChecked('the rate limit is spared (--exhaust-rate-limits uses it up)');
    const credential = callerFor(operation, principals);
    const origin = run.recorder.freshOrigin?.();
    const valid = barePlan(run, operation);
    const broken = { ...valid, query: { ...valid.query, unexpected_parameter: '1' } };
    for (const plan of [broken, valid]) {
      let most = Math.min(operation.rateLimit?.limit ?? limitMax, limitMax);
      for (let sent = 0; sent <= most; sent += 1) {
        const { status, headers } = await run.recorder.send(plan, credential, { limitExpected: true, origin });
        if (status === 429) {
          // A limit that counts callers is used up for this one: what follows needs others.
          if (operation.rateLimit?.by === 'principal' && run.disposable) await run.worlds.fresh();
          return;
        }
        // The target may have another limit than the contract.
        most = Math.min(limitOf(headers) ?? most, limitMax);
      }
    }
  },

  500: (run, operation, principals) => whileInjected(run, operation, principals, 'crash'),
  503: (run, operation, principals) => whileInjected(run, operation, principals, 'database-away'),
};

async function whileInjected(run: Run, operation: Operation, principals: Principals, fault: Fault): Promise<void> {
  if (!run.target.inject) throw new NotChecked('no faults are injected into a deployment');
  const plan = await prepare(run, principals, operation);
  const restore = await run.target.inject(fault, operation.id);
  run.recorder.faultInjected = true;
  try {
    await run.recorder.send(plan, credentialFor(run, operation, principals));
  } finally {
    await restore();
    run.recorder.faultInjected = false;
  }
}

/** Requests per window (`q`), from `RateLimit-Policy`. */
function limitOf(headers: Record<string, string>): number | undefined {
  const quota = /;\s*q=(\d+)/.exec(headers['ratelimit-policy'] ?? '')?.[1];
  return quota === undefined ? undefined : Number(quota);
}
