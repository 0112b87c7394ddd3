import type { Exchange } from './answer.ts';
import type { Link, Operation } from './contract.ts';
import { evaluate } from './expression.ts';
import { linkSets } from './link-sets.ts';
import { isSuccess, operationById, type Plan, pathParameters } from './plan.ts';
import { expectationFor } from './principals.ts';
import { Broken, NotChecked } from './results.ts';
import type { Run } from './run.ts';
import type { Credential, PrincipalClass, Principals } from './target.ts';
import { requiredInput } from './valid-input.ts';
import { credentialFor, letIn, Refused } from './worlds.ts';

/**
 * Valid requests of any operation. What an operation needs from an earlier answer (an id in its path, a token in its body) is found by the
 * links of the contract: the operation a link comes from is called first, after whatever that one needs.
 */

export type Success = { plan: Plan; exchange: Exchange };

/** How many bodies are tried while the answer is 409, because an example was used before, or 403, because the caller may not ask for this one. */
const triesMax = 8;

/**
 * A request that should succeed, everything it builds on made anew. Throws `NotChecked` when nobody may call what it builds on, `Broken` when
 * the links of the contract do not lead to it.
 * @param attempt which body: the examples of the contract first, then made ones.
 * @param maker who sends what it builds on, where they may; else whoever may.
 */
export async function prepare(
  run: Run,
  principals: Principals,
  operation: Operation,
  attempt = 0,
  trail: string[] = [],
  maker?: Caller,
): Promise<Plan> {
  const needed = pathParameters(operation);
  const links = (run.contract.linksTo.get(operation.id) ?? []).filter(({ source }) => source !== operation.id && !trail.includes(source));
  if (needed.length > 0 && links.length === 0) throw new Broken(`no link of the contract gives ${needed.join(', ')}`);
  let lastError: unknown;
  for (const set of linkSets(links, needed)) {
    try {
      return await followLinks(run, principals, operation, set, attempt, [...trail, operation.id], maker);
    } catch (error) {
      lastError = error;
    }
  }
  if (lastError) throw lastError;
  if (needed.length > 0) throw new Broken(`no link of the contract gives all of ${needed.join(', ')}`);
  return { operation, path: {}, ...inputOf(run, operation, attempt) };
}

export type Caller = {
  credential: Credential;
  name: PrincipalClass;
  /** What its request builds on is sent by the caller too, where it may. */
  makesItsOwn?: boolean;
};

/**
 * Calls an operation so that it succeeds. Throws `Refused` on 401 and 403, `Broken` on any other answer.
 * @param caller who sends the last request; what it builds on is sent by whoever may, unless the caller makes its own.
 */
export async function succeed(
  run: Run,
  principals: Principals,
  operation: Operation,
  trail: string[] = [],
  caller?: Caller,
): Promise<Success> {
  const usual = credentialFor(run, operation, principals);
  const { credential, name } = caller ?? { credential: usual };
  const maker = caller?.makesItsOwn ? caller : undefined;
  let attempt = 0;
  for (let tries = 1; ; tries += 1) {
    const plan = await prepare(run, principals, operation, attempt, trail, maker);
    const exchange = letIn(await run.recorder.send(plan, credential), name);
    if (isSuccess(operation, exchange.status)) {
      rememberExample(run, operation, attempt);
      return { plan, exchange };
    }
    if (![403, 409].includes(exchange.status) || tries === triesMax) {
      // What a caller may ask for can be spent like the caller (a password that was changed).
      throw new (exchange.status === 403 ? Refused : Broken)('a valid request is not accepted', exchange);
    }
    // An example that conflicts is used up; one that this caller may not ask for is as good as before for others.
    if (exchange.status === 409) attempt += 1;
  }
}

/** `succeed` in the present organization, or in a fresh one when the present one's credentials are spent. */
export function succeedAnywhere(run: Run, operation: Operation): Promise<Success & { principals: Principals }> {
  return run.worlds.inWorld(async (principals) => ({ ...(await succeed(run, principals, operation)), principals }));
}

/** A request of an operation with what the links give, one after the other. */
async function followLinks(
  run: Run,
  principals: Principals,
  operation: Operation,
  links: Link[],
  attempt: number,
  trail: string[],
  maker: Caller | undefined,
): Promise<Plan> {
  const plan: Plan = { operation, path: {}, ...inputOf(run, operation, attempt) };
  for (const link of links) {
    const source = operationById(run.contract, link.source);
    if (!source) throw new NotChecked(`the contract has no operation ${link.source}`);
    const maySend = maker && expectationFor(source, maker.name, maker.credential).kind === 'accepted';
    const success = await succeed(run, principals, source, trail, maySend ? maker : undefined);
    const { status } = success.exchange;
    if (status !== link.status) throw new NotChecked(`${source.id} answered ${status}, the link is on ${link.status}`);
    fill(plan, link, success);
  }
  return plan;
}

/** Puts into a request what a link gives. */
function fill(plan: Plan, link: Link, success: Success): void {
  for (const [name, value] of Object.entries(link.parameters)) {
    const [place, bare] = name.includes('.') ? name.split('.') : [undefined, name];
    const found = evaluate(value, success);
    // A list that nothing is in yet, on a deployment that is as it is.
    if (found === undefined) throw new NotChecked(`${link.source} answered nothing that gives ${name}`);
    const given = String(found);
    if (place === 'query') plan.query[bare ?? name] = given;
    else if (place === 'header') plan.headers[bare ?? name] = given;
    else plan.path[bare ?? name] = given;
  }
  if (link.requestBody !== undefined) plan.body = evaluate(link.requestBody, success);
}

/** The required input of an operation: example bodies first, then made ones. */
function inputOf(run: Run, operation: Operation, attempt: number) {
  const input = requiredInput(run.arbitraries, operation, run.nextSeed());
  const examples = operation.body?.examples ?? [];
  const index = (run.exampleIndex.get(operation.id) ?? 0) + attempt;
  return index < examples.length ? { ...input, body: structuredClone(examples[index]) } : input;
}

function rememberExample(run: Run, operation: Operation, attempt: number): void {
  const before = run.exampleIndex.get(operation.id) ?? 0;
  run.exampleIndex.set(operation.id, Math.min(before + attempt, operation.body?.examples.length ?? 0));
}
