import type { AuditedOperationId, OperationId } from './generated/operations.ts';
import type { operations } from './generated/types.ts';

/** The bridge between the contract and the code: what an operation is called with and what it may reply, by its operationId. */

type Content<C> = C extends { content: infer M } ? M[keyof M] : undefined;
/** A body that goes out piece by piece for as long as it is produced: what the contract calls text of a stream is one. */
type ReplyBody<C> = C extends { content: { 'text/event-stream': unknown } } ? AsyncIterable<string> : Content<C>;
type Part<Id extends OperationId, K extends string> = operations[Id] extends { parameters: infer P }
  ? P extends { [k in K]?: infer V }
    ? V
    : never
  : never;
type Given<T> = [Exclude<T, undefined>] extends [never] ? Record<string, never> : Exclude<T, undefined>;
type Body<Id extends OperationId> = operations[Id] extends { requestBody: infer B }
  ? Content<B>
  : operations[Id] extends { requestBody?: infer B }
    ? Content<Exclude<B, undefined>> | undefined
    : undefined;
type Success = 200 | 201 | 202 | 204 | 302;

/** What a write tells the audit trail: the resource, and its state before and after (secrets are redacted by the trail). `null` when nothing was written. */
export type AuditNote = { resourceId: string; before?: object | null; after?: object | null } | null;

/** A validated request of an operation, by part. */
export type Call<Id extends OperationId> = {
  path: Given<Part<Id, 'path'>>;
  query: Given<Part<Id, 'query'>>;
  header: Given<Part<Id, 'header'>>;
  body: Body<Id>;
};

/** The success replies an operation declares. Errors are thrown as problems and never returned. */
export type Reply<Id extends OperationId> = {
  [S in keyof operations[Id]['responses'] & Success]: {
    status: S;
    headers?: Record<string, string>;
    body: ReplyBody<operations[Id]['responses'][S]>;
  } & (Id extends AuditedOperationId ? { audit: AuditNote } : unknown);
}[keyof operations[Id]['responses'] & Success];

/** One operation: a validated call and the context of the request in, a declared reply out. */
export type Handler<Id extends OperationId, Context> = (call: Call<Id>, context: Context) => Promise<Reply<Id>>;

/** A set of handlers by operationId; the whole server is `Handlers<OperationId, …>`, so a missing handler does not compile. */
export type Handlers<Ids extends OperationId, Context> = { [Id in Ids]: Handler<Id, Context> };
