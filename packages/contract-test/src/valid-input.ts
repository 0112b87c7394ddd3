import type { Parameter } from '@appstead/contract/document';
import fc from 'fast-check';
import type { Arbitraries } from './arbitrary.ts';
import type { Operation } from './contract.ts';
import { isList, type Plan } from './plan.ts';

/** The parts of a request that are made at random; path parameters come from the chain, because they must lead to something. */
export type Input = Pick<Plan, 'query' | 'headers' | 'body'>;

/** Valid inputs of an operation, optional parts sometimes there and sometimes not. */
export function validInputs(arbitraries: Arbitraries, operation: Operation): fc.Arbitrary<Input> {
  const { body } = operation;
  const bodies = body?.schema ? arbitraries.of(body.schema) : fc.constant(undefined);
  return fc.record({
    query: parametersIn(arbitraries, operation, 'query'),
    headers: parametersIn(arbitraries, operation, 'header') as fc.Arbitrary<Record<string, string>>,
    body: body && !body.required ? fc.option(bodies, { nil: undefined }) : bodies,
  });
}

/** One valid input with only what is required, the same for the same seed. */
export function requiredInput(arbitraries: Arbitraries, operation: Operation, seed: number): Input {
  const [input] = fc.sample(validInputs(arbitraries, operation), { numRuns: 1, seed });
  const needed = (place: Parameter['in'], given: Record<string, unknown>) =>
    Object.fromEntries(
      Object.entries(given).filter(([name]) =>
        operation.parameters.some((each) => each.in === place && each.name === name && each.required),
      ),
    );
  return {
    query: needed('query', input?.query ?? {}),
    headers: needed('header', input?.headers ?? {}) as Record<string, string>,
    body: input?.body,
  };
}

function parametersIn(arbitraries: Arbitraries, operation: Operation, place: 'query' | 'header') {
  const parameters = operation.parameters.filter(
    (parameter) =>
      parameter.in === place &&
      !(place === 'query' && isList(operation) && parameter.name === 'cursor') &&
      // Nor can the place in a stream be made up.
      !(place === 'header' && parameter.name.toLowerCase() === 'last-event-id'),
  );
  const arbitrary = (parameter: Parameter): fc.Arbitrary<unknown> => {
    // A random ETag only ever says "not this one"; `*` is the one that always fits.
    if (parameter.name === 'If-Match') return fc.constant('*');
    const values = arbitraries.of(parameter.schema);
    return place === 'header'
      ? values.map(String).filter((text) => /^[!-~]([ -~]*[!-~])?$/.test(text))
      : values.filter((value) => value !== '');
  };
  return fc.record(Object.fromEntries(parameters.map((parameter) => [parameter.name, arbitrary(parameter)])), {
    requiredKeys: parameters.filter(({ required }) => required).map(({ name }) => name),
  });
}
