import type { OperationId } from '@appstead/contract';
import type { Document, MediaType, Method, Operation, Parameter, RateLimitRule, Schema } from '@appstead/contract/document';

const bodyBytesMaxDefault = 1024 * 1024;
const bodyValuesMaxDefault = 200_000;

/** An operation as the request path needs it, references resolved once at start. */
export type IndexedOperation = {
  id: OperationId;
  method: Method;
  path: string;
  /** Alternatives; within one, every scheme must hold. Empty: public. */
  security: Record<string, string[]>[];
  /** The names of the schemes in `security`. */
  schemes: ReadonlySet<string>;
  parameters: Parameter[];
  bodyRequired: boolean;
  /** Media types a request body may have; empty when the operation takes none. */
  bodyTypes: string[];
  bodySchema: Schema | undefined;
  bodyBytesMax: number;
  /** How many values a body may have. As many as fit where the contract says how large it may be: such a body is data, and long lists are no attack. */
  bodyValuesMax: number;
  audit: string | undefined;
  rateLimit: RateLimitRule | undefined;
  idempotent: boolean;
  /** The content type of its success replies. */
  replyType: string;
};

/** Every operation of the contract in its order. */
export function indexContract(document: Document): IndexedOperation[] {
  const methods: Method[] = ['get', 'put', 'post', 'patch', 'delete'];
  return Object.entries(document.paths).flatMap(([path, item]) =>
    methods.flatMap((method) => {
      const operation = item[method];
      return operation ? [indexOperation(document, path, method, operation, item.parameters ?? [])] : [];
    }),
  );
}

function indexOperation(
  document: Document,
  path: string,
  method: Method,
  operation: Operation,
  shared: (Parameter | { $ref: string })[],
): IndexedOperation {
  const parameters = [...shared, ...(operation.parameters ?? [])].map((parameter) => resolve<Parameter>(document, parameter));
  const content = operation.requestBody?.content ?? {};
  return {
    id: operation.operationId as OperationId,
    method,
    path,
    security: operation.security ?? document.security ?? [],
    schemes: new Set((operation.security ?? document.security ?? []).flatMap((alternative) => Object.keys(alternative))),
    // A schema that is only a reference is resolved, so that it can be looked at; the references inside of it stay.
    parameters: parameters.map((parameter) => ({ ...parameter, schema: resolve<Schema>(document, parameter.schema) })),
    bodyRequired: operation.requestBody?.required ?? false,
    bodyTypes: Object.keys(content),
    bodySchema: bodySchema(document, Object.values(content)[0]),
    bodyBytesMax: operation['x-body-bytes-max'] ?? bodyBytesMaxDefault,
    bodyValuesMax: operation['x-body-bytes-max'] ?? bodyValuesMaxDefault,
    audit: operation['x-audit'] || undefined,
    rateLimit: operation['x-rate-limit'],
    idempotent: parameters.some(({ name }) => name.toLowerCase() === 'idempotency-key'),
    replyType: withCharset(replyType(document, operation)),
  };
}

function bodySchema(document: Document, media: MediaType | undefined): Schema | undefined {
  return media?.schema === undefined ? undefined : resolve<Schema>(document, media.schema);
}

function replyType(document: Document, operation: Operation): string {
  for (const [status, response] of Object.entries(operation.responses)) {
    if (status.startsWith('2')) return Object.keys(resolve<{ content?: object }>(document, response).content ?? {})[0] ?? '';
  }
  return '';
}

function withCharset(type: string): string {
  return type.startsWith('text/') ? `${type}; charset=utf-8` : type;
}

/** Follows one `$ref` into the components of the same document. */
function resolve<T>(document: Document, node: T | { $ref: string } | Schema): T {
  const ref = (node as { $ref?: unknown }).$ref;
  if (typeof ref !== 'string') return node as T;
  const target = ref
    .slice(2)
    .split('/')
    .reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], document);
  if (target === undefined) throw new Error(`openapi.yaml refers to ${ref}, which is not there`);
  return target as T;
}
