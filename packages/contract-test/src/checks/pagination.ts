import { isObject } from '../answer.ts';
import { prepare } from '../chain.ts';
import type { Operation } from '../contract.ts';
import { isList, type Plan, pathParameters } from '../plan.ts';
import { workerFor } from '../principals.ts';
import { barePlan } from '../provoke/bare-plan.ts';
import { Broken, NotChecked } from '../results.ts';
import type { Check, Run } from '../run.ts';
import type { Principals } from '../target.ts';
import { credentialFor, letIn } from '../worlds.ts';

/** A deployment may have very many items: so many pages of one item are walked at most. */
const pagesMax = 60;
const itemsWanted = 4;

/** Lists are walked by cursor without loss and without doubles, whatever is added meanwhile. */
export const pagination: Check = {
  name: 'pagination',
  title: 'Every list can be walked by its cursor',
  async run(run) {
    for (const operation of run.operations.filter(isList)) {
      const guarantees: [string, (list: List) => Promise<void>][] = [
        ['pages of one item add up to the whole', addsUp],
        ['an item added meanwhile neither hides nor doubles others', staysStable],
        ['a cursor with other filters gets 400', refusesOtherFilters],
        ['a limit outside its bounds gets 400', refusesLimits],
      ];
      for (const [guarantee, check] of guarantees) {
        await run.results.run('pagination', operation.id, guarantee, async () => {
          // A short list, where the target can make one: only those are walked to their end.
          const empty = await run.worlds.empty();
          if (workerFor(operation, empty)) await check(await openList(run, operation, empty));
          else await run.worlds.inWorld(async (principals) => check(await openList(run, operation, principals)));
        });
      }
    }
  },
};

type Page = { keys: string[]; cursor: string | null };
type List = {
  run: Run;
  operation: Operation;
  get(query: Record<string, unknown>): Promise<Page>;
  status(query: Record<string, unknown>): Promise<number>;
  add(): Promise<boolean>;
};

/** A list with a few items in it. */
async function openList(run: Run, operation: Operation, principals: Principals): Promise<List> {
  const plan = await prepare(run, principals, operation);
  const credential = credentialFor(run, operation, principals);
  const send = (query: Record<string, unknown>) => run.recorder.send({ ...plan, query: { ...plan.query, ...query } }, credential);
  const list: List = {
    run,
    operation,
    async get(query) {
      const exchange = letIn(await send(query));
      if (exchange.status !== 200) throw new Broken('a page cannot be read', exchange);
      return pageOf(exchange.body);
    },
    status: async (query) => (await send(query)).status,
    add: () => addItem(run, operation, principals, plan),
  };
  for (let items = (await list.get({ limit: itemsWanted })).keys.length; items < itemsWanted; items += 1) {
    if (!(await list.add())) break;
  }
  return list;
}

async function addsUp(list: List): Promise<void> {
  const whole = await list.get({ limit: 200 });
  if (whole.keys.length < 2) throw new NotChecked('the list has fewer than two items, and no operation on its path adds any');
  const walked = await walk(list);
  const expected = whole.keys.slice(0, walked.length);
  if (walked.join() !== expected.join())
    throw new Broken(`pages of one item give ${walked.length} items in another order or number than one page of ${whole.keys.length}`);
  if (walked.length < Math.min(pagesMax, whole.keys.length))
    throw new Broken(`only ${walked.length} of ${whole.keys.length} items are reached`);
}

async function staysStable(list: List): Promise<void> {
  const before = (await list.get({ limit: 200 })).keys;
  const start = await list.get({ limit: 1 });
  if (before.length < 2 || start.cursor === null) throw new NotChecked('the list has fewer than two items');
  if (!(await list.add())) throw new NotChecked('no operation on its path adds items');
  const walked = [...start.keys, ...(await walk(list, start.cursor))];
  if (new Set(walked).size !== walked.length) throw new Broken('an item comes twice when another was added meanwhile');
  const lost = before.slice(0, pagesMax).find((key) => !walked.includes(key));
  if (lost) throw new Broken(`${lost} is not reached when another was added meanwhile`);
}

async function refusesOtherFilters(list: List): Promise<void> {
  const { cursor } = await list.get({ limit: 1 });
  if (cursor === null) throw new NotChecked('the list has fewer than two items');
  const filters = list.operation.parameters.filter((each) => each.in === 'query' && !['limit', 'cursor'].includes(each.name));
  if (filters.length === 0) throw new NotChecked('it has no filters');
  for (const filter of filters) {
    const plan: Plan = barePlan(list.run, { ...list.operation, parameters: [{ ...filter, required: true }] });
    const status = await list.status({ limit: 1, cursor, ...plan.query });
    if (status !== 400) throw new Broken(`a cursor made without ${filter.name} is taken with it: ${status}`);
  }
}

async function refusesLimits(list: List): Promise<void> {
  const limit = list.operation.parameters.find(({ name }) => name === 'limit');
  const [least, most] = [Number(limit?.schema.minimum ?? 1), Number(limit?.schema.maximum ?? 200)];
  for (const value of [least - 1, most + 1]) {
    const status = await list.status({ limit: value });
    if (status !== 400) throw new Broken(`limit=${value} gets ${status}`);
  }
  for (const value of [least, most]) await list.get({ limit: value });
}

/** The keys of pages of one item, from the beginning or from a cursor on. */
async function walk(list: List, from?: string): Promise<string[]> {
  const keys: string[] = [];
  let cursor: string | null | undefined = from;
  for (let pages = 0; pages < pagesMax && cursor !== null; pages += 1) {
    const page: Page = await list.get({ limit: 1, cursor });
    if (page.keys.length > 1) throw new Broken(`limit=1 gives ${page.keys.length} items`);
    keys.push(...page.keys);
    cursor = page.cursor;
  }
  return keys;
}

/** The one array of an envelope, each item by its id, and the cursor of `meta`. */
function pageOf(body: unknown): Page {
  if (!isObject(body) || !isObject(body.meta)) throw new Broken('a list without meta');
  const items = Object.values(body).find(Array.isArray) as unknown[] | undefined;
  const { has_more: hasMore, cursor } = body.meta;
  if ((typeof cursor === 'string') !== hasMore) throw new Broken(`has_more is ${hasMore}, the cursor is ${JSON.stringify(cursor)}`);
  const keys = (items ?? []).map((item) => (isObject(item) && typeof item.id === 'string' ? item.id : JSON.stringify(item)));
  return { keys, cursor: typeof cursor === 'string' ? cursor : null };
}

/**
 * Calls the operation that creates on the path of the list; without one, any write by the same caller, because it may leave an item (the audit
 * trail). Writes by another caller are left alone: they may end the credential that the list is read with.
 */
async function addItem(run: Run, list: Operation, principals: Principals, plan: Plan): Promise<boolean> {
  const posts = run.contract.operations.filter(({ method }) => method === 'post');
  const creators = posts.filter(({ path }) => path === list.path);
  const writers = posts.filter(
    (each) => each.audit && pathParameters(each).length === 0 && workerFor(each, principals) === workerFor(list, principals),
  );
  for (const creator of [...creators, ...writers]) {
    try {
      const made = await prepare(run, principals, creator);
      const { status } = await run.recorder.send(
        { ...made, path: { ...made.path, ...plan.path } },
        credentialFor(run, creator, principals),
      );
      if (status < 300) return true;
    } catch {
      // Another operation may do.
    }
  }
  return false;
}
