import { type Exchange, isObject } from './answer.ts';
import type { Operation } from './contract.ts';
import { isPublic, workerFor } from './principals.ts';
import { RateLimited } from './request.ts';
import { Broken, NotChecked } from './results.ts';
import type { Credential, PrincipalClass, Principals, Target } from './target.ts';

/**
 * The organization the kit works in. Some operations end the credentials that others need (a new organization key, a sign-out). The kit keeps
 * no list of them: when a caller that must be let in is refused, or has used up a limit that counts callers, it starts over once in a fresh
 * organization, where only a real fault stays.
 */
export type Worlds = {
  principals(): Promise<Principals>;
  /** An organization with every class of caller, not yet touched. */
  fresh(): Promise<Principals>;
  /** An organization of its own with nothing in it but its key and its owner; the present one where the target makes none. */
  empty(): Promise<Principals>;
  /** Does the work again in a fresh organization when it threw `Refused`, `RateLimited` or `Broken` and the target makes organizations. */
  inWorld<T>(work: (principals: Principals) => Promise<T>, retryOn?: 'refusal' | 'anything'): Promise<T>;
};

/** A caller that must be let in was not. */
export class Refused extends Broken {}

export function createWorlds(target: Target): Worlds {
  const disposable = target.newOrganization !== undefined;
  let current: Promise<Principals> | undefined;
  const worlds: Worlds = {
    principals() {
      current ??= everyone(target);
      return current;
    },
    fresh() {
      current = everyone(target);
      return current;
    },
    async empty() {
      const made = await target.newOrganization?.();
      if (!made) return worlds.principals();
      return {
        none: { headers: {} },
        organizationKey: { headers: { 'x-api-key': made.organizationKey } },
        ownerSession: { headers: { authorization: `Bearer ${made.session}` } },
      };
    },
    async inWorld(work, retryOn = 'refusal') {
      try {
        return await work(await worlds.principals());
      } catch (error) {
        const spent = error instanceof Refused || error instanceof RateLimited;
        const again = spent || (retryOn === 'anything' && error instanceof Broken);
        if (!again || !disposable) throw error;
        return work(await worlds.fresh());
      }
    },
  };
  return worlds;
}

async function everyone(target: Target): Promise<Principals> {
  return { none: { headers: {} }, malformed: { headers: { 'x-api-key': 'not-a-key' } }, ...(await target.principals()) };
}

/**
 * The credential that an operation is called with when it should succeed. The people and credentials of a deployment are spared: throws
 * `NotChecked` for what only a session may change, and for what anybody may (a sign-up).
 */
export function credentialFor(run: { disposable: boolean }, operation: Operation, principals: Principals): Credential {
  const account = isPublic(operation) || operation.security.every((requirement) => 'session' in requirement);
  if (operation.audit && account && !run.disposable) throw new NotChecked('the people and credentials of a deployment are left alone');
  return callerFor(operation, principals);
}

/** The credential for requests that are refused for another reason than their caller. */
export function callerFor(operation: Operation, principals: Principals): Credential {
  const worker = workerFor(operation, principals);
  const credential = worker && principals[worker];
  if (!credential) throw new NotChecked('no credential that may call it was given');
  return credential;
}

/**
 * Passes on an answer of a caller that must be let in; throws `Refused` on 401 and 403. Not on a 403 that names places of the request: that is
 * about what was asked for (a role above one's own, a wrong password), not about who asked.
 */
export function letIn(exchange: Exchange, principal: PrincipalClass | 'a caller that may' = 'a caller that may'): Exchange {
  const refused = exchange.status === 401 || (exchange.status === 403 && !namesPlaces(exchange));
  if (refused && exchange.operation && !isPublic(exchange.operation)) throw new Refused(`${principal} is refused`, exchange);
  return exchange;
}

function namesPlaces({ body }: Exchange): boolean {
  return isObject(body) && Array.isArray(body.errors) && body.errors.length > 0;
}
