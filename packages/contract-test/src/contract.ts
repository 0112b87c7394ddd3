import type { Document, Method, Parameter, RateLimitRule, Response, Schema } from '@appstead/contract/document';

/** The contract as the kit walks it: references to parameters, responses, headers and examples are followed, schemas keep theirs. */

export type Link = {
  source: string;
  status: number;
  target: string;
  parameters: Record<string, unknown>;
  requestBody?: unknown;
};

export type Operation = {
  id: string;
  method: Method;
  path: string;
  parameters: Parameter[];
  body?: { required: boolean; schema?: Schema; mediaType: string; examples: unknown[] };
  responses: Map<number, Response>;
  security: Record<string, string[]>[];
  audit?: string;
  rateLimit?: RateLimitRule;
  bodyBytesMax: number;
};

export type Contract = {
  document: Document;
  operations: Operation[];
  /** The links of all responses, by the operation they lead to. */
  linksTo: Map<string, Link[]>;
  /** What the servers of the document put before a path: `''`, `/api`. */
  prefixes: string[];
};

const methods: Method[] = ['get', 'put', 'post', 'delete', 'patch'];
const bodyBytesMaxDefault = 1024 * 1024;

export function readContract(document: Document): Contract {
  const operations: Operation[] = [];
  for (const [path, item] of Object.entries(document.paths)) {
    for (const method of methods) {
      if (item[method]) operations.push(readOperation(document, path, method));
    }
  }
  const linksTo = new Map<string, Link[]>();
  for (const link of operations.flatMap(linksFrom)) linksTo.set(link.target, [...(linksTo.get(link.target) ?? []), link]);
  const prefixes = (document.servers ?? [{ url: '/' }]).map(({ url }) => new URL(url, 'http://server').pathname.replace(/\/$/, ''));
  return { document, operations, linksTo, prefixes };
}

/** The node a chain of `$ref`s inside the document ends at. Throws when it ends nowhere. */
export function follow<T>(document: Document, node: T | { $ref: string }): T {
  let current: unknown = node;
  while (isReference(current)) {
    const { $ref } = current;
    current = $ref
      .replace(/^#\//, '')
      .split('/')
      .reduce<unknown>(
        (at, key) => (at as Record<string, unknown> | undefined)?.[key.replaceAll('~1', '/').replaceAll('~0', '~')],
        document,
      );
    if (current === undefined) throw new Error(`the contract refers to ${$ref}, which it does not have`);
  }
  return current as T;
}

function readOperation(document: Document, path: string, method: Method): Operation {
  const item = document.paths[path];
  const given = item?.[method];
  if (!item || !given) throw new Error(`the contract has no ${method} ${path}`);
  const own = (given.parameters ?? []).map((parameter) => follow<Parameter>(document, parameter));
  const shared = (item.parameters ?? [])
    .map((parameter) => follow<Parameter>(document, parameter))
    .filter((parameter) => !own.some(({ name, in: place }) => name === parameter.name && place === parameter.in));
  const [mediaType, media] = Object.entries(given.requestBody?.content ?? {})[0] ?? [];
  const examples = Object.values(media?.examples ?? {}).map((example) => follow<{ value: unknown }>(document, example).value);
  return {
    id: given.operationId,
    method,
    path,
    parameters: [...shared, ...own],
    body: mediaType
      ? {
          required: given.requestBody?.required === true,
          schema: media?.schema,
          mediaType,
          examples: media?.example === undefined ? examples : [media.example, ...examples],
        }
      : undefined,
    responses: new Map(Object.entries(given.responses).map(([status, response]) => [Number(status), readResponse(document, response)])),
    security: given.security ?? document.security ?? [],
    audit: given['x-audit'] || undefined,
    rateLimit: given['x-rate-limit'],
    bodyBytesMax: given['x-body-bytes-max'] ?? bodyBytesMaxDefault,
  };
}

function readResponse(document: Document, given: Response | { $ref: string }): Response {
  const response = follow<Response>(document, given);
  const headers = Object.entries(response.headers ?? {}).map(([name, header]) => [name.toLowerCase(), follow(document, header)]);
  return { ...response, headers: Object.fromEntries(headers) };
}

function linksFrom(operation: Operation): Link[] {
  return [...operation.responses].flatMap(([status, { links }]) =>
    Object.values(links ?? {}).map(({ operationId, parameters, requestBody }) => ({
      source: operation.id,
      status,
      target: operationId,
      parameters: parameters ?? {},
      requestBody,
    })),
  );
}

function isReference(node: unknown): node is { $ref: string } {
  return typeof node === 'object' && node !== null && '$ref' in node && typeof node.$ref === 'string';
}
