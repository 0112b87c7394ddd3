import type { Method } from '@appstead/contract/document';
import { isObject } from '../answer.ts';
import { prepare, succeed } from '../chain.ts';
import type { Operation } from '../contract.ts';
import { fillPath } from '../plan.ts';
import { barePlan } from '../provoke/bare-plan.ts';
import { Broken } from '../results.ts';
import type { Check, Run } from '../run.ts';
import { callerFor, credentialFor } from '../worlds.ts';

const methods: Uppercase<Method>[] = ['GET', 'PUT', 'POST', 'DELETE', 'PATCH'];

/** The server has what the contract has, and nothing else. */
export const inventory: Check = {
  name: 'inventory',
  title: 'Paths, methods and prefixes are those of the contract',
  async run(run) {
    const paths = [...new Set(run.contract.operations.map((operation) => operation.path))];
    const known = paths.map((path) => new RegExp(`^${path.replaceAll('.', '\\.').replace(/\{[^}]+\}/g, '[^/]+')}$`));
    const isKnown = (location: string) => known.some((template) => template.test(location));
    for (const path of new Set(['/{random}', ...paths.flatMap(parents), ...paths.map((each) => `${each}/{random}`)])) {
      if (isKnown(fillPath(path))) continue;
      await run.results.run('inventory', undefined, `${path} is 404`, () => isNothing(run, fillPath(path)));
    }
    await run.results.run('inventory', undefined, 'a path with a broken escape is 4xx', () => isNothing(run, '/%zz', [400, 404]));
    for (const path of new Set(run.operations.map((operation) => operation.path))) {
      await run.results.run('inventory', undefined, `other methods of ${path} get 405`, () => refusesOtherMethods(run, path));
    }
    for (const operation of run.operations) {
      for (const prefix of run.contract.prefixes.filter((each) => each !== '')) {
        await run.results.run('inventory', operation.id, `answers the same below ${prefix}`, () => answersAlike(run, operation, prefix));
      }
      if (operation.method === 'get')
        await run.results.run('inventory', operation.id, 'HEAD mirrors GET', () => mirrorsHead(run, operation));
    }
  },
};

/** The paths above a path, but the root, where a server may greet people. */
function parents(path: string): string[] {
  const segments = path.split('/').slice(1, -1);
  return segments.map((_, index) => `/${segments.slice(0, index + 1).join('/')}`);
}

async function isNothing(run: Run, location: string, statuses = [404]): Promise<void> {
  const { organizationKey } = await run.worlds.principals();
  const exchange = await run.recorder.sendOutside('GET', location, organizationKey);
  if (!statuses.includes(exchange.status)) throw new Broken(`must be ${statuses.join(' or ')}`, exchange);
  const [departure] = run.recorder.departures(undefined).filter(({ example }) => example.requestId === exchange.requestId);
  if (departure) throw new Broken(departure.fault, exchange);
}

async function refusesOtherMethods(run: Run, path: string): Promise<void> {
  const { organizationKey } = await run.worlds.principals();
  const declared = run.contract.operations.filter((each) => each.path === path).map(({ method }) => method.toUpperCase());
  for (const method of methods.filter((each) => !declared.includes(each))) {
    const exchange = await run.recorder.sendOutside(method, fillPath(path), organizationKey);
    if (exchange.status !== 405) throw new Broken('must be 405', exchange);
    const allowed = (exchange.headers.allow ?? '').split(/,\s*/).filter((each) => (methods as string[]).includes(each));
    if (allowed.sort().join() !== [...declared].sort().join())
      throw new Broken(`Allow must say ${declared.join(', ')} and says ${exchange.headers.allow}`, exchange);
    const [departure] = run.recorder.departures(undefined).filter(({ example }) => example.requestId === exchange.requestId);
    if (departure) throw new Broken(departure.fault, exchange);
  }
}

/** Compares a refusal, which changes nothing, and for reads also the success. */
async function answersAlike(run: Run, operation: Operation, prefix: string): Promise<void> {
  await run.worlds.inWorld(async (principals) => {
    const caller = callerFor(operation, principals);
    const bare = barePlan(run, operation);
    const plans = [
      { ...bare, query: { ...bare.query, unexpected_parameter: '1' } },
      ...(operation.method === 'get' ? [await prepare(run, principals, operation)] : []),
    ];
    for (const plan of plans) {
      const plain = await run.recorder.send(plan, caller);
      const prefixed = await run.recorder.send(plan, caller, { prefix });
      const code = (body: unknown) => (isObject(body) ? body.code : undefined);
      if (prefixed.status !== plain.status || code(prefixed.body) !== code(plain.body)) {
        throw new Broken(`answers ${plain.status} without the prefix`, prefixed);
      }
    }
  });
}

async function mirrorsHead(run: Run, operation: Operation): Promise<void> {
  await run.worlds.inWorld(async (principals) => {
    const { plan, exchange: get } = await succeed(run, principals, operation);
    const head = await run.recorder.send(plan, credentialFor(run, operation, principals), { method: 'HEAD' });
    if (head.status !== get.status) throw new Broken(`GET answers ${get.status}`, head);
    for (const name of ['content-type', 'etag']) {
      if (head.headers[name] !== get.headers[name]) throw new Broken(`HEAD says ${name} ${head.headers[name]}, GET ${get.headers[name]}`);
    }
    if (head.text !== '') throw new Broken('HEAD has a body', head);
  });
}
