import type { IndexedOperation } from './contract-index.ts';
import { httpProblems, invalidAt } from './http-problems.ts';

const bytesMax = 8192;

/** Refuses a request target that is too long, badly encoded, or has a NUL: PostgreSQL cannot store it and parsers disagree on the rest. */
export function checkUrl(url: string): void {
  if (url.length > bytesMax) throw httpProblems.uri_too_long(`The URL may have at most ${bytesMax} characters`);
  if (!url.includes('%')) return;
  if (/%00/.test(url)) throw httpProblems.invalid_characters('The URL has a NUL');
  try {
    decodeURIComponent(url.replaceAll('+', ' '));
  } catch {
    throw invalidAt('request', 'The URL is not properly encoded UTF-8', 'encoding');
  }
}

/** Refuses what the validator's coercion would take for an integer and nobody means: `1e2`, `0x10`, ` 7`. */
export function checkIntegers(operation: IndexedOperation, query: Record<string, unknown>): void {
  for (const { name, in: place, schema } of operation.parameters) {
    const value = place === 'query' && schema.type === 'integer' ? query[name] : undefined;
    if (typeof value === 'string' && !/^-?\d{1,15}$/.test(value)) throw invalidAt(`query.${name}`, 'must be integer', 'type');
  }
}
