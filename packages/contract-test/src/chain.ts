import type { Exchange } from './answer.ts';
import type { Link, Operation } from './contract.ts';
import { evaluate } from './expression.ts';
import { isSuccess, operationById, type Plan, pathParameters } from './plan.ts';
import { Broken, NotChecked } from './results.ts';
import type { Run } from './run.ts';
import type { Credential, PrincipalClass, Principals } from './target.ts';
import { requiredInput } from './valid-input.ts';
import { credentialFor, letIn } from './worlds.ts';

/**
 * Valid requests of any operation. What an operation needs from an earlier answer (an id in its path, a token in its body) is found by the
 * links of the contract: the operation a link comes from is called first, after whatever that one needs.
 */

export type Success = { plan: Plan; exchange: Exchange };

/** How many bodies are tried while the answer is 409, because an example was used before. */
const triesMax = 5;

/**
 * A request that should succeed, everything it builds on made anew. Throws `NotChecked` when nobody may call what it builds on, `Broken` when
 * the links of the contract do not lead to it.
 * @param attempt which body: the examples of the contract first, then made ones.
 */
export async function prepare(run: Run, principals: Principals, operation: Operation, attempt = 0, trail: string[] = []): Promise<Plan> {
  const needed = pathParameters(operation);
  const links = (run.contract.linksTo.get(operation.id) ?? []).filter(({ source }) => source !== operation.id && !trail.includes(source));
  const giving = links.filter(
    ({ parameters, requestBody }) => needed.every((name) => name in parameters) && (needed.length > 0 || requestBody),
  );
  if (needed.length > 0 && links.length === 0) throw new Broken(`no link of the contract gives ${needed.join(', ')}`);
  let lastError: unknown;
  for (const link of giving) {
    try {
      return await followLink(run, principals, operation, link, attempt, [...trail, operation.id]);
    } catch (error) {
      lastError = error;
    }
  }
  if (lastError) throw lastError;
  if (needed.length > 0) throw new Broken(`no link of the contract gives all of ${needed.join(', ')}`);
  return { operation, path: {}, ...inputOf(run, operation, attempt) };
}

type Caller = { credential: Credential; name?: PrincipalClass };

/**
 * Calls an operation so that it succeeds. Throws `Refused` on 401 and 403, `Broken` on any other answer.
 * @param caller who sends the last request; what it builds on is always sent by whoever may.
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
  for (let attempt = 0; ; attempt += 1) {
    const plan = await prepare(run, principals, operation, attempt, trail);
    const exchange = letIn(await run.recorder.send(plan, credential), name);
    if (isSuccess(operation, exchange.status)) {
      rememberExample(run, operation, attempt);
      return { plan, exchange };
    }
    if (exchange.status !== 409 || attempt + 1 >= triesMax) throw new Broken('a valid request is not accepted', exchange);
  }
}

/** `succeed` in the present organization, or in a fresh one when the present one's credentials are spent. */
export function succeedAnywhere(run: Run, operation: Operation): Promise<Success & { principals: Principals }> {
  return run.worlds.inWorld(async (principals) => ({ ...(await succeed(run, principals, operation)), principals }));
}

async function followLink(
  run: Run,
  principals: Principals,
  operation: Operation,
  link: Link,
  attempt: number,
  trail: string[],
): Promise<Plan> {
  const source = operationById(run.contract, link.source);
  if (!source) throw new NotChecked(`the contract has no operation ${link.source}`);
  const { plan, exchange } = await succeed(run, principals, source, trail);
  if (exchange.status !== link.status) throw new NotChecked(`${source.id} answered ${exchange.status}, the link is on ${link.status}`);
  const input = inputOf(run, operation, attempt);
  const path: Record<string, string> = {};
  for (const [name, value] of Object.entries(link.parameters)) {
    const [place, bare] = name.includes('.') ? name.split('.') : [undefined, name];
    const given = String(evaluate(value, { plan, exchange }));
    if (place === 'query') input.query[bare ?? name] = given;
    else if (place === 'header') input.headers[bare ?? name] = given;
    else path[bare ?? name] = given;
  }
  const body = link.requestBody === undefined ? input.body : evaluate(link.requestBody, { plan, exchange });
  return { operation, path, query: input.query, headers: input.headers, body };
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
