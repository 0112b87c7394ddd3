import { parse as parseQuery } from 'node:querystring';
import type { Parameter, Schema } from '@appstead/contract/document';
import type { IndexedOperation } from './contract-index.ts';

/** The parts of a request as the validator leaves them: coerced, defaults filled in. */
export type Parts = { params: Record<string, unknown>; query: Record<string, unknown>; body: unknown };

/** What of a request the lane looks at. `body` is parsed and may be filled with defaults in place, as the validator would. */
export type LaneRequest = { params: Record<string, string>; rawQuery: string; headers: Record<string, unknown>; body: unknown };

/** The valid parts, or undefined: not surely valid, so the validator has to judge. */
export type Lane = (request: LaneRequest) => Parts | undefined;

// A value outside of this needs the validator's rules on reserved characters and empty values.
const plainQuery = /^(?:[A-Za-z0-9_\-.~%]+=[A-Za-z0-9\-._~%+]+(?:&|$))*$/;

type PartName = 'query' | 'path' | 'header' | 'body';

/** Where the compiled validator of a part of an operation's requests comes from: it says whether the part is valid, and coerces in place. */
export type PartValidators = (operation: IndexedOperation, part: PartName, schema: Schema) => (value: unknown) => boolean;

/** The name of a part's validator in built code; an identifier, as an operationId is. */
export function partKey({ id }: IndexedOperation, part: PartName): string {
  return `${id}_${part}`;
}

/**
 * Makes, for each operation, one function that says "surely valid" fast, with the options and coercions of express-openapi-validator, which
 * remains the authority: whatever is not surely valid goes to it, and it writes every error. An operation with a parameter the lane does not
 * understand gets no lane.
 */
export function createLanes(operations: IndexedOperation[], validatorOf: PartValidators): Map<string, Lane> {
  const lanes = new Map<string, Lane>();
  for (const operation of operations) {
    if (operation.parameters.every(isPlain)) lanes.set(operation.id, createLane(operation, validatorOf));
  }
  return lanes;
}

function createLane(operation: IndexedOperation, validatorOf: PartValidators): Lane {
  const query = partOf(operation, 'query', validatorOf);
  const params = partOf(operation, 'path', validatorOf);
  const headers = partOf(operation, 'header', validatorOf);
  const queryNames = new Set(query?.names);
  const body = operation.bodySchema && validatorOf(operation, 'body', operation.bodySchema);

  return (request) => {
    const found: Parts = { params: request.params, query: {}, body: request.body };
    if (request.rawQuery !== '') {
      if (!plainQuery.test(request.rawQuery)) return undefined;
      found.query = { ...parseQuery(request.rawQuery) };
      for (const name in found.query) if (!queryNames.has(name)) return undefined;
    }
    if (query && !query.validate(found.query)) return undefined;
    if (params) {
      found.params = { ...request.params };
      if (!params.validate(found.params)) return undefined;
    }
    if (headers) {
      const sent: Record<string, unknown> = {};
      for (const name of headers.names) if (request.headers[name] !== undefined) sent[name] = request.headers[name];
      if (!headers.validate(sent)) return undefined;
    }
    if (body && !body(request.body)) return undefined;
    return found;
  };
}

function partOf(
  operation: IndexedOperation,
  place: 'query' | 'path' | 'header',
  validatorOf: PartValidators,
): { names: string[]; validate: (value: unknown) => boolean } | undefined {
  const parameters = operation.parameters.filter((parameter) => parameter.in === place);
  if (parameters.length === 0) return undefined;
  const nameOf = ({ name }: Parameter) => (place === 'header' ? name.toLowerCase() : name);
  const properties = Object.fromEntries(parameters.map((parameter) => [nameOf(parameter), parameter.schema]));
  const required = parameters.filter((parameter) => parameter.required).map(nameOf);
  return { names: Object.keys(properties), validate: validatorOf(operation, place, { type: 'object', properties, required }) };
}

/** A scalar that goes by its name alone: no cookies, no arrays and objects with their styles, no media types, no defaulted headers. */
function isPlain(parameter: Parameter & { content?: unknown; allowEmptyValue?: boolean }): boolean {
  const { type, default: fallback, oneOf, anyOf, allOf } = parameter.schema;
  if (parameter.in === 'cookie' || parameter.content !== undefined || parameter.allowEmptyValue) return false;
  if (parameter.in === 'header' && fallback !== undefined) return false;
  if (oneOf !== undefined || anyOf !== undefined || allOf !== undefined) return false;
  return parameter.schema.$ref !== undefined || (typeof type === 'string' && type !== 'array' && type !== 'object');
}
