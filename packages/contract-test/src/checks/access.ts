import { isObject } from '../answer.ts';
import { type Caller, prepare, type Success, succeed } from '../chain.ts';
import type { Operation } from '../contract.ts';
import { isList, type Plan, pathParameters } from '../plan.ts';
import { expectationFor, isPublic, workerFor } from '../principals.ts';
import { barePlan, refusablePlan } from '../provoke/bare-plan.ts';
import { idInBody } from '../provoke/refusals.ts';
import { Broken, NotChecked } from '../results.ts';
import type { Check, Run } from '../run.ts';
import { type Credential, type PrincipalClass, type Principals, principalClasses } from '../target.ts';
import { credentialFor } from '../worlds.ts';

/** Every operation is called by every class of caller; what each must get is computed from `security`. */
export const access: Check = {
  name: 'access',
  title: 'Whoever may call gets in, and nobody else',
  async run(run) {
    await run.worlds.fresh();
    for (const operation of run.operations) {
      await refusals(run, operation);
      await admissions(run, operation);
    }
  },
};

/** The refusals come first, while the organization is whole; they must leave nothing behind. */
async function refusals(run: Run, operation: Operation): Promise<void> {
  const principals = await run.worlds.principals();
  const plans = new Map<Principals, Plan>([[principals, await refusablePlan(run, principals, operation)]]);
  const before = await run.target.stateChecksum?.();
  for (const principal of principalClasses) {
    if (kindFor(operation, principal, principals) !== 'refused') continue;
    await run.results.run('access', operation.id, `refuses ${principal}`, () =>
      run.worlds.inWorld(async (present) => {
        const plan = plans.get(present) ?? (await refusablePlan(run, present, operation));
        plans.set(present, plan);
        const credential = present[principal] as Credential;
        const expectation = expectationFor(operation, principal, credential);
        const exchange = await run.recorder.send(plan, credential);
        if (expectation.kind === 'refused' && exchange.status !== expectation.status) {
          throw new Broken(`${principal} must get ${expectation.status}`, exchange);
        }
      }, 'anything'),
    );
  }
  if (before === undefined || plans.size > 1) return;
  await run.results.run('access', operation.id, 'refused requests change nothing', async () => {
    if ((await run.target.stateChecksum?.()) !== before)
      throw new Broken('what is stored has changed after requests that were all refused');
  });
}

async function admissions(run: Run, operation: Operation): Promise<void> {
  const principals = await run.worlds.principals();
  for (const principal of principalClasses) {
    const kind = kindFor(operation, principal, principals);
    if (kind === undefined || kind === 'refused') continue;
    const guarantee = kind === 'hidden' ? 'hides what is not theirs from otherOrganizationKey' : `lets ${principal} in`;
    await run.results.run('access', operation.id, guarantee, () =>
      run.worlds.inWorld(async (present) => {
        const credential = present[principal] as Credential;
        if (kind === 'hidden') await expectHidden(run, operation, present, credential);
        else if (principal === 'otherOrganizationKey' && !isPublic(operation)) await expectApart(run, operation, present, credential);
        else await expectLetIn(run, present, operation, { credential, name: principal });
      }, 'anything'),
    );
  }
}

/** What others made may not exist for the caller; then it gets in if it gets to what it made itself. */
async function expectLetIn(run: Run, principals: Principals, operation: Operation, caller: Caller): Promise<void> {
  try {
    await succeed(run, principals, operation, [], caller);
  } catch (error) {
    if (!(error instanceof Broken) || error.exchange?.status !== 404) throw error;
    await succeed(run, principals, operation, [], { ...caller, makesItsOwn: true });
  }
}

function kindFor(operation: Operation, principal: PrincipalClass, principals: Principals) {
  const credential = principals[principal];
  return credential && expectationFor(operation, principal, credential).kind;
}

/** What belongs to another organization looks exactly like what does not exist. */
async function expectHidden(run: Run, operation: Operation, principals: Principals, credential: Credential): Promise<void> {
  const foreign = await run.recorder.send(await prepare(run, principals, operation), credential);
  if (foreign.status !== 404) throw new Broken('a resource of another organization must be 404', foreign);
  const missing = await run.recorder.send(barePlan(run, operation), credential);
  const problem = (body: unknown) => (isObject(body) ? JSON.stringify([body.code, body.title, body.detail]) : '');
  if (missing.status !== 404 || problem(missing.body) !== problem(foreign.body)) {
    throw new Broken(`a resource of another organization answers ${problem(foreign.body)}, a missing one`, missing);
  }
}

/** Two organizations that call the same operation see none of each other's ids, and cannot name them in a body either. */
async function expectApart(run: Run, operation: Operation, principals: Principals, credential: Credential): Promise<void> {
  if (workerFor(operation, principals) === undefined) throw new NotChecked('no credential that may call it was given');
  if (isList(operation)) await fillList(run, operation, principals);
  const own = await succeed(run, principals, operation);
  const other = await succeed(run, principals, operation, [], { credential, name: 'otherOrganizationKey' });
  const ownIds = idsIn(own.exchange.body);
  const leaked = idsIn(other.exchange.body).filter((id) => ownIds.includes(id));
  if (leaked.length > 0) throw new Broken(`${leaked[0]} of one organization is shown to another`, other.exchange);
  await expectForeignIdRefused(run, operation, own, credential);
}

async function expectForeignIdRefused(run: Run, operation: Operation, own: Success, credential: Credential): Promise<void> {
  const name = idInBody(run, operation);
  const id = name && findValue(own.exchange.body, name);
  if (!name || typeof id !== 'string') return;
  const exchange = await run.recorder.send({ ...own.plan, body: { ...(own.plan.body as object), [name]: id } }, credential);
  if (exchange.status !== 404) throw new Broken(`${name} of another organization must be 404`, exchange);
}

/** Adds an item by the operation that creates on the same path, if there is one. */
async function fillList(run: Run, operation: Operation, principals: Principals): Promise<void> {
  const creator = run.contract.operations.find(({ path, method }) => path === operation.path && method === 'post');
  if (creator && pathParameters(creator).length === 0) {
    await run.recorder.send(await prepare(run, principals, creator), credentialFor(run, creator, principals));
  }
}

function idsIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(idsIn);
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([name, each]) => (name === 'id' && typeof each === 'string' ? [each] : idsIn(each)));
}

/** The first value of that name anywhere inside. */
function findValue(value: unknown, name: string): unknown {
  if (Array.isArray(value)) return value.map((each) => findValue(each, name)).find((each) => each !== undefined);
  if (!isObject(value)) return undefined;
  return (
    value[name] ??
    Object.values(value)
      .map((each) => findValue(each, name))
      .find((each) => each !== undefined)
  );
}
