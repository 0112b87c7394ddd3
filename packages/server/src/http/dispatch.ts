import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import type { AuditNote, OperationId } from '@appstead/contract';
import type { Database, Transaction } from '@appstead/database';
import type { SecretBox } from '../keys/secret-box.ts';
import { actorOf, recordAudit } from './audit-trail.ts';
import type { Actor, Context, Handlers } from './context.ts';
import type { IndexedOperation } from './contract-index.ts';
import type { Exchange } from './exchange.ts';
import { type Answer, bareKey, exclusively, fingerprintOf, type IdempotentUse, keepAnswer, replayOf } from './idempotency.ts';
import type { Parts } from './lane.ts';
import type { PrincipalCache } from './principal-cache.ts';
import { sendReply } from './send-reply.ts';

type AnyHandler = (
  call: { path: unknown; query: unknown; header: Record<string, unknown>; body: unknown },
  context: Context,
) => Promise<Answer & { audit?: AuditNote }>;

type Services = {
  db: Database;
  box: SecretBox;
  principals: PrincipalCache;
  now: () => Date;
  /** What it throws is answered as if the handler had thrown it. */
  beforeHandler?: (operationId: string) => Promise<void> | void;
};

/** Stops the start when the contract has an operation nobody handles. The compiler says so too, but only of the code it was given. */
export function checkHandlers(operations: IndexedOperation[], handlers: Partial<Handlers<OperationId>>): void {
  const missing = operations.filter(({ id }) => typeof handlers[id] !== 'function').map(({ id }) => id);
  if (missing.length > 0) throw new Error(`no handler for ${missing.join(', ')}`);
}

/**
 * Calls the handler of a validated request and sends its reply. An audited operation runs in one transaction that also commits its audit
 * entry and its idempotency record; the reply is sent after the commit.
 */
export function createDispatch(handlers: Handlers<OperationId>, { db, box, principals, now, beforeHandler }: Services) {
  const handlerOf = ({ id }: IndexedOperation): AnyHandler => {
    const handler = handlers[id] as unknown as AnyHandler;
    if (!beforeHandler) return handler;
    return async (...given) => {
      await beforeHandler(id);
      return handler(...given);
    };
  };

  // Not async: a read has one promise, that of its handler, and each further one costs every request.
  return (
    res: ServerResponse,
    exchange: Exchange,
    operation: IndexedOperation,
    headers: IncomingHttpHeaders,
    parts: Parts,
  ): Promise<void> => {
    const handler = handlerOf(operation);
    const principal = exchange.principal ?? { kind: 'anonymous' };
    const at = now();
    const request = { requestId: exchange.requestId, now: at };
    const call = { path: parts.params, query: parts.query, header: headersOf(headers, operation), body: parts.body };

    const afterwards: (() => void)[] = [];
    const commit = async <T extends { audit: AuditNote }>(actor: Actor, work: (tx: Transaction) => Promise<T>) => {
      const committed = await db.transact(actor.organizationId, async (tx) => {
        // A transaction that is repeated asks again for what it wants afterwards.
        afterwards.length = 0;
        const done = await work(tx);
        if (done.audit && operation.audit) recordAudit(tx, actor, operation.audit, done.audit, request);
        return done;
      });
      // What was ended must be refused by the next request here, even if the message of the database is still on its way. Making something
      // new ends nothing.
      if (!operation.audit?.endsWith('.created')) principals.forget(actor.organizationId);
      for (const run of afterwards.splice(0)) run();
      return committed;
    };
    const { origin } = headers;
    const recheck = exchange.recheck ?? (async () => undefined);
    const context: Context = { db, principal, ...request, origin, commit, recheck, afterCommit: (run) => void afterwards.push(run) };

    if (operation.audit === undefined || !('organizationId' in principal)) {
      return handler(call, context).then((answer) => sendReply(res, exchange, operation, answer));
    }

    const write = (use?: IdempotentUse) =>
      commit(actorOf(principal), async (tx) => {
        const replay = use && (await replayOf(tx, use, at, box));
        if (replay) return { ...replay, headers: { ...replay.headers, 'Idempotent-Replayed': 'true' }, audit: null };
        const { audit = null, ...answer } = await handler(call, { ...context, db: tx });
        if (use) keepAnswer(tx, use, answer, at, box);
        return { ...answer, audit };
      });

    const key = operation.idempotent ? (call.header['Idempotency-Key'] as string | undefined) : undefined;
    if (key === undefined) return write().then((answer) => sendReply(res, exchange, operation, answer));
    const use: IdempotentUse = {
      organizationId: principal.organizationId,
      principalId: principal.id,
      operationId: operation.id,
      key: bareKey(key),
      fingerprint: fingerprintOf(exchange.path, parts.query, parts.body),
    };
    return exclusively(use, () => write(use)).then((answer) => sendReply(res, exchange, operation, answer));
  };
}

/** The declared header parameters, by the names of the contract. */
function headersOf(sent: IncomingHttpHeaders, operation: IndexedOperation): Record<string, unknown> {
  const headers: Record<string, unknown> = {};
  for (const { name, in: place } of operation.parameters) {
    if (place === 'header') headers[name] = sent[name.toLowerCase()];
  }
  return headers;
}
