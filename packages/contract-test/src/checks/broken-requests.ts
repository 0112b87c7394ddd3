import fc from 'fast-check';
import { isObject } from '../answer.ts';
import type { Operation } from '../contract.ts';
import { bodyMutations } from '../mutate/body-mutations.ts';
import type { Mutation } from '../mutate/mutation.ts';
import { parameterMutations } from '../mutate/parameter-mutations.ts';
import { rawMutations } from '../mutate/raw-mutations.ts';
import { type PreparedPlans, preparedPlans } from '../prepared-plans.ts';
import { isPublic } from '../principals.ts';
import { Broken, NotChecked } from '../results.ts';
import type { Check, Run } from '../run.ts';
import { throwIfFailed } from '../shrink-report.ts';
import { type Input, validInputs } from '../valid-input.ts';
import { callerFor, Refused } from '../worlds.ts';

/** A request that breaks one rule is refused, with a declared status, and leaves nothing behind. */
export const brokenRequests: Check = {
  name: 'broken requests',
  title: 'A request with one thing wrong is refused and changes nothing',
  async run(run) {
    for (const operation of run.operations) {
      const plans = preparedPlans(run, operation);
      const before = await stateOf(run, plans);
      if (before instanceof Error) {
        await run.results.run('broken requests', operation.id, 'refuses broken requests', () => Promise.reject(before));
        continue;
      }
      const mutations = someOf(run, operation);
      for (const mutation of mutations) await refuses(run, operation, plans, mutation);
      await changesNothing(run, operation, plans, before, mutations);
    }
  },
};

/** Broken requests per operation, in multiples of the runs: a resource has some thirty fields with several rules each. */
const brokenPerRun = 10;

/** Each rule once when there is room; of a very long list a random part, another one for every seed. */
function someOf(run: Run, operation: Operation): Mutation[] {
  const { contract, validators } = run;
  const all = [
    ...parameterMutations(contract.document, validators, operation),
    ...bodyMutations(contract.document, validators, operation),
    ...rawMutations(operation),
  ];
  const inputs = fc.sample(validInputs(run.arbitraries, operation), { seed: run.nextSeed(), numRuns: 20 });
  const possible = all.filter((mutation) => inputs.some((input) => mutation.apply({ operation, path: {}, ...input }) !== undefined));
  const length = Math.min(possible.length, run.runs * brokenPerRun);
  const [some] = fc.sample(fc.shuffledSubarray(possible, { minLength: length, maxLength: length }), { seed: run.nextSeed(), numRuns: 1 });
  return some ?? [];
}

async function refuses(run: Run, operation: Operation, plans: PreparedPlans, mutation: Mutation): Promise<void> {
  const inputs = validInputs(run.arbitraries, operation).filter((input) => mutation.apply({ operation, path: {}, ...input }) !== undefined);
  await run.results.run('broken requests', operation.id, `refuses ${mutation.name}`, async () => {
    const property = fc.asyncProperty(inputs, (input) => sendBroken(run, operation, plans, input, mutation));
    throwIfFailed(await fc.check(property, { seed: run.nextSeed(), numRuns: 1 }));
  });
}

async function sendBroken(run: Run, operation: Operation, plans: PreparedPlans, input: Input, mutation: Mutation): Promise<void> {
  const exchange = await run.worlds.inWorld(async (principals) => {
    const broken = mutation.apply({ ...(await plans.get(principals)), ...input });
    if (!broken) throw new NotChecked('the request cannot be made wrong that way');
    const answer = await run.recorder.send(broken, callerFor(operation, principals));
    if ((answer.status === 401 || answer.status === 403) && !isPublic(operation)) {
      throw new Refused(`the caller is refused rather than the request (${mutation.name})`, answer);
    }
    return answer;
  });
  const { statuses = [400] } = mutation;
  if (!statuses.includes(exchange.status)) throw new Broken(`must get ${statuses.join(' or ')} (${mutation.name})`, exchange);
  const places = isObject(exchange.body) && Array.isArray(exchange.body.errors) ? exchange.body.errors : [];
  if (mutation.namedPlace && !places.some((place) => isObject(place) && place.location === mutation.namedPlace)) {
    throw new Broken(`the problem must name ${mutation.namedPlace}`, exchange);
  }
}

type State = { organization: object; checksum: string | undefined };

/** What is stored once everything that a valid request needs is there; the error when it cannot be made. */
async function stateOf(run: Run, plans: PreparedPlans): Promise<State | Error> {
  try {
    return await run.worlds.inWorld(async (principals) => {
      await plans.get(principals);
      return { organization: principals, checksum: await run.target.stateChecksum?.() };
    });
  } catch (error) {
    return error as Error;
  }
}

async function changesNothing(run: Run, operation: Operation, plans: PreparedPlans, before: State, mutations: Mutation[]): Promise<void> {
  if (before.checksum === undefined || (await run.worlds.principals()) !== before.organization) return;
  await run.results.run('broken requests', operation.id, 'broken requests change nothing', async () => {
    if ((await run.target.stateChecksum?.()) === before.checksum) return;
    const found = await culprits(run, operation, plans, mutations);
    throw new Broken(`what is stored has changed, by: ${found.join(', ') || 'a request that no longer changes anything'}`);
  });
}

/** The mutations that change what is stored, found by sending each again. */
async function culprits(run: Run, operation: Operation, plans: PreparedPlans, mutations: Mutation[]): Promise<string[]> {
  const found: string[] = [];
  for (const mutation of mutations) {
    const inputs = validInputs(run.arbitraries, operation).filter(
      (input) => mutation.apply({ operation, path: {}, ...input }) !== undefined,
    );
    const [input] = fc.sample(inputs, { seed: run.nextSeed(), numRuns: 1 });
    const before = await run.target.stateChecksum?.();
    if (input) await sendBroken(run, operation, plans, input, mutation).catch(() => undefined);
    if ((await run.target.stateChecksum?.()) !== before) found.push(mutation.name);
  }
  return found;
}
