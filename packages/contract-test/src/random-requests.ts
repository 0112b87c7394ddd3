import type { Document } from '@appstead/contract/document';
import fc from 'fast-check';
import { createArbitraries } from './arbitrary.ts';
import { type Operation, readContract } from './contract.ts';
import { validInputs } from './valid-input.ts';
import { createValidators } from './validators.ts';

/** A request as a validator sees it: the operation is known, nothing is coerced, the body is parsed. */
export type RandomRequest = {
  operationId: string;
  params: Record<string, string>;
  rawQuery: string;
  headers: Record<string, string>;
  body: unknown;
};

/**
 * Requests of any operation of a contract: valid, at the edges, and broken in one to three places. For comparing two validators of the same
 * contract with each other.
 */
export function randomRequests(document: Document): fc.Arbitrary<RandomRequest> {
  const contract = readContract(document);
  const arbitraries = createArbitraries(document, createValidators(document));
  return fc.oneof(...contract.operations.map((operation) => requestsOf(operation, arbitraries)));
}

function requestsOf(operation: Operation, arbitraries: ReturnType<typeof createArbitraries>): fc.Arbitrary<RandomRequest> {
  const names = (place: string) => operation.parameters.filter((each) => each.in === place).map(({ name }) => name);
  const params = fc.record(Object.fromEntries(names('path').map((name) => [name, oftenly(fc.uuid(), oddTexts)])));
  const query = (valid: Record<string, unknown>) => {
    const pairs = Object.entries(valid).map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(String(value))}`);
    const name = fc.constantFrom(...names('query'), 'unknown', '__proto__');
    const extra = fc.tuple(name, oddQueryValues).map(([key, value]) => `${key}=${value}`);
    return rarely(
      pairs,
      fc.array(extra, { minLength: 1, maxLength: 3 }).map((more) => [...pairs, ...more]),
    ).map((all) => all.join('&'));
  };
  const headers = (valid: Record<string, string>) =>
    rarely(
      lowerCased(valid),
      fc.record(Object.fromEntries(names('header').map((name) => [name.toLowerCase(), oddTexts])), { requiredKeys: [] }).map(present),
    );
  const body = (valid: unknown) => (operation.body ? rarely(valid, broken(valid)) : fc.constant(undefined));
  return validInputs(arbitraries, operation).chain((input) =>
    fc.record({
      operationId: fc.constant(operation.id),
      params,
      rawQuery: query(input.query),
      headers: headers(input.headers),
      body: body(input.body),
    }),
  );
}

const oddTexts = fc.oneof(
  fc.constantFrom('', ' ', '0', 'null', '"', '*', 'x'.repeat(300)),
  fc.string({ minLength: 1, unit: 'grapheme-ascii' }),
);

// Sent as they are: what is encoded twice, reserved, empty or numeric in an odd way is where parsers disagree.
const oddQueryValues = fc.oneof(
  fc.constantFrom(
    '',
    '0',
    '1',
    '200',
    '201',
    '-1',
    '1e2',
    '0x10',
    '1.5',
    '%31',
    '%20',
    '+',
    'a,b',
    'a;b',
    '2026-01-01T00:00:00Z',
    'null',
    'true',
    '[1]',
    '{"a":1}',
  ),
  fc.string({ maxLength: 8 }).map(encodeURIComponent),
);

/** Mostly the value as it is, sometimes one of the others. */
function rarely<T>(value: T, others: fc.Arbitrary<T>): fc.Arbitrary<T> {
  return fc.oneof({ weight: 1, arbitrary: fc.constant(value) }, { weight: 1, arbitrary: others });
}

function oftenly<T>(usual: fc.Arbitrary<T>, others: fc.Arbitrary<T>): fc.Arbitrary<T> {
  return fc.oneof({ weight: 4, arbitrary: usual }, { weight: 1, arbitrary: others });
}

/** The body with a property gone, replaced or added, or another value altogether. */
function broken(valid: unknown): fc.Arbitrary<unknown> {
  if (valid === null || typeof valid !== 'object') return fc.jsonValue();
  const names = Object.keys(valid);
  const name = fc.oneof(fc.constantFrom(...names, 'unknown'), fc.string());
  const changes = fc.array(fc.tuple(name, fc.option(fc.jsonValue(), { nil: undefined })), { minLength: 1, maxLength: 3 });
  const changed = changes.map((list) => {
    const copy: Record<string, unknown> = { ...valid };
    for (const [key, value] of list) {
      if (value === undefined) delete copy[key];
      else copy[key] = value;
    }
    return copy;
  });
  return fc.oneof({ weight: 5, arbitrary: changed }, { weight: 1, arbitrary: fc.jsonValue() });
}

function present(headers: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter((pair): pair is [string, string] => pair[1] !== undefined));
}

function lowerCased(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}
