import { randomUUID } from 'node:crypto';
import type { Exchange } from '../answer.ts';
import { prepare } from '../chain.ts';
import type { Operation } from '../contract.ts';
import { declaresHeader, isSuccess, type Plan } from '../plan.ts';
import { withHeader } from '../provoke/bare-plan.ts';
import { reuseKey } from '../provoke/conflicts.ts';
import { Broken, NotChecked } from '../results.ts';
import type { Check, Run } from '../run.ts';
import type { Principals } from '../target.ts';
import { credentialFor, letIn } from '../worlds.ts';
import { actionsOf } from './audit.ts';

const parallelRequests = 10;

/** One `Idempotency-Key` names one effect (draft-ietf-httpapi-idempotency-key-header). */
export const idempotency: Check = {
  name: 'idempotency',
  title: 'A repeated key repeats the answer and not the effect',
  async run(run) {
    for (const operation of run.operations.filter((each) => declaresHeader(each, 'Idempotency-Key'))) {
      const guarantees: Guarantee[] = [
        ['the same key and request replays the answer', replays],
        ...(operation.responses.has(422) ? [['the same key with another request gets 422', refusesAnother] as Guarantee] : []),
        [`${parallelRequests} requests at once under one key have one effect`, oneEffect],
        ['the key of another organization is another key', keepsOrganizationsApart],
      ];
      for (const [guarantee, check] of guarantees) {
        await run.results.run('idempotency', operation.id, guarantee, () =>
          run.worlds.inWorld((principals) => check(run, operation, principals), 'anything'),
        );
      }
    }
  },
};

type Guarantee = [name: string, check: (run: Run, operation: Operation, principals: Principals) => Promise<void>];

/** A request under a new key, with the first answer to it. */
async function first(run: Run, operation: Operation, principals: Principals): Promise<{ plan: Plan; key: string; answer: Exchange }> {
  const key = randomUUID();
  for (let attempt = 0; attempt < 5; attempt += 1) {
    const plan = withHeader(
      await prepare(run, principals, operation, attempt),
      'idempotency-key',
      attempt === 0 ? key : `${key}-${attempt}`,
    );
    const answer = letIn(await run.recorder.send(plan, credentialFor(run, operation, principals)));
    if (isSuccess(operation, answer.status)) {
      if (answer.headers['idempotent-replayed']) throw new Broken('a first answer says it is replayed', answer);
      return { plan, key: plan.headers['idempotency-key'] ?? key, answer };
    }
  }
  throw new NotChecked('no request with a new key succeeded');
}

async function replays(run: Run, operation: Operation, principals: Principals): Promise<void> {
  const { plan, key, answer } = await first(run, operation, principals);
  for (const again of [plan, withHeader(plan, 'idempotency-key', `"${key}"`)]) {
    const repeated = await run.recorder.send(again, credentialFor(run, operation, principals));
    if (repeated.status !== answer.status || repeated.text !== answer.text)
      throw new Broken('a repeated request is not answered alike', repeated);
    if (repeated.headers['idempotent-replayed'] !== 'true') throw new Broken('a replay does not say Idempotent-Replayed: true', repeated);
    if (repeated.headers.etag !== answer.headers.etag) throw new Broken('a replay has another ETag', repeated);
    if (run.target.auditEntries && (await actionsOf(run, operation, repeated.requestId)).length > 0)
      throw new Broken('a replay left an audit entry', repeated);
  }
}

async function refusesAnother(run: Run, operation: Operation, principals: Principals): Promise<void> {
  const exchange = await reuseKey(run, operation, principals);
  if (exchange.status !== 422) throw new Broken('another request under a used key must get 422', exchange);
}

async function oneEffect(run: Run, operation: Operation, principals: Principals): Promise<void> {
  const plan = withHeader(await prepare(run, principals, operation), 'idempotency-key', randomUUID());
  const credential = credentialFor(run, operation, principals);
  const answers = await Promise.all(Array.from({ length: parallelRequests }, () => run.recorder.send(plan, credential)));
  const done = answers.filter(({ status }) => isSuccess(operation, status));
  const odd = answers.find(({ status }) => !isSuccess(operation, status) && status !== 409);
  if (odd) throw new Broken('one of several equal requests at once failed', odd);
  const effects = done.filter(({ headers }) => headers['idempotent-replayed'] !== 'true');
  if (effects.length !== 1) throw new Broken(`${effects.length} of ${parallelRequests} answers say they are the first`);
  const differing = done.find(({ text }) => text !== effects[0]?.text);
  if (differing) throw new Broken('equal requests at once got different answers', differing);
  if (!run.target.auditEntries || !operation.audit) return;
  const entries = await Promise.all(answers.map(({ requestId }) => actionsOf(run, operation, requestId)));
  if (entries.flat().length !== 1) throw new Broken(`${entries.flat().length} effects of one key are in the audit trail`);
}

async function keepsOrganizationsApart(run: Run, operation: Operation, principals: Principals): Promise<void> {
  const other = principals.otherOrganizationKey;
  if (!other) throw new NotChecked('no key of another organization was given');
  const { plan, answer } = await first(run, operation, principals);
  const foreign = await run.recorder.send(plan, other);
  if (foreign.headers['idempotent-replayed'] || foreign.text === answer.text)
    throw new Broken('another organization got the stored answer', foreign);
}
