import { randomUUID } from 'node:crypto';
import type { Contract, Operation } from './contract.ts';

/** A request of an operation, by part, before a credential and an address are added. */
export type Plan = {
  operation: Operation;
  path: Record<string, string>;
  /** An array is sent as a repeated parameter. */
  query: Record<string, unknown>;
  headers: Record<string, string>;
  /** `undefined` sends none. */
  body?: unknown;
  /** Bytes to send instead of `body`. */
  raw?: string | Buffer;
};

/** The path with its query, percent-encoded. Path parameters without a value get a random id. */
export function locationOf({ operation, path, query }: Plan): string {
  const filled = fillPath(operation.path, path);
  const pairs = Object.entries(query)
    .flatMap(([name, value]) => (Array.isArray(value) ? value.map((each) => [name, each]) : [[name, value]]))
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${encodeURIComponent(String(name))}=${encodeURIComponent(String(value))}`);
  return pairs.length > 0 ? `${filled}?${pairs.join('&')}` : filled;
}

export function fillPath(template: string, values: Record<string, string> = {}): string {
  return template.replace(/\{([^}]+)\}/g, (_, name: string) => encodeURIComponent(values[name] ?? randomUUID()));
}

export function pathParameters({ path }: Operation): string[] {
  return [...path.matchAll(/\{([^}]+)\}/g)].map((match) => String(match[1]));
}

export function declaresHeader(operation: Operation, name: string): boolean {
  return operation.parameters.some((parameter) => parameter.in === 'header' && parameter.name.toLowerCase() === name.toLowerCase());
}

/** Whether the status is declared and no error: what a valid request of an allowed caller gets. */
export function isSuccess(operation: Operation, status: number): boolean {
  return operation.responses.has(status) && status < 400;
}

/** The operation lists: it takes `limit` and `cursor` and answers with `meta`. */
export function isList({ method, parameters }: Operation): boolean {
  const names = parameters.filter((parameter) => parameter.in === 'query').map(({ name }) => name);
  return method === 'get' && names.includes('limit') && names.includes('cursor');
}

export function operationById(contract: Contract, id: string): Operation | undefined {
  return contract.operations.find((operation) => operation.id === id);
}
