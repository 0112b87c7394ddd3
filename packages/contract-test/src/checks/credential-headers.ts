import { prepare, succeed } from '../chain.ts';
import { isPublic, workerFor } from '../principals.ts';
import { Broken } from '../results.ts';
import type { Check } from '../run.ts';
import type { Credential } from '../target.ts';

/** A key counts the same in `X-API-Key` and as a Bearer token; two that differ are refused, two that are equal are one. */
export const credentialHeaders: Check = {
  name: 'credential headers',
  title: 'Keys count the same in both headers, and two different ones are refused',
  async run(run) {
    for (const operation of run.operations) {
      const principals = await run.worlds.principals();
      const worker = workerFor(operation, principals);
      if (isPublic(operation) || !worker || !keyIn(principals[worker])) continue;
      const given = (ways: ('x-api-key' | 'bearer')[], key: string): Credential => ({
        headers: {
          ...(ways.includes('x-api-key') ? { 'x-api-key': key } : {}),
          ...(ways.includes('bearer') ? { authorization: `Bearer ${key}` } : {}),
        },
      });
      for (const ways of [['bearer'], ['x-api-key', 'bearer']] as const) {
        await run.results.run('credential headers', operation.id, `takes the key as ${ways.join(' and ')}`, () =>
          run.worlds.inWorld(async (present) => {
            const credential = given([...ways], keyIn(present[worker]) ?? '');
            await succeed(run, present, operation, [], { credential, name: worker });
          }),
        );
      }
      await run.results.run('credential headers', operation.id, 'refuses two different credentials', () =>
        run.worlds.inWorld(async (present) => {
          const headers = { 'x-api-key': keyIn(present[worker]) ?? '', authorization: 'Bearer another' };
          const exchange = await run.recorder.send(await prepare(run, present, operation), { headers });
          if (exchange.status !== 400) throw new Broken('two different credentials must get 400', exchange);
        }),
      );
    }
  },
};

/** The key of a credential that is sent in `X-API-Key`. */
function keyIn(credential: Credential | undefined): string | undefined {
  return Object.entries(credential?.headers ?? {}).find(([name]) => name.toLowerCase() === 'x-api-key')?.[1];
}
