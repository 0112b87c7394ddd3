import { parse as parseQuery } from 'node:querystring';
import type { Document, Parameter, Schema } from '@appstead/contract/document';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import type { IndexedOperation } from './contract-index.ts';
import { formats } from './formats.ts';

/** The parts of a request as the validator leaves them: coerced, defaults filled in. */
export type Parts = { params: Record<string, unknown>; query: Record<string, unknown>; body: unknown };

/** What of a request the lane looks at. `body` is parsed and may be filled with defaults in place, as the validator would. */
export type LaneRequest = { params: Record<string, string>; rawQuery: string; headers: Record<string, unknown>; body: unknown };

/** The valid parts, or undefined: not surely valid, so the validator has to judge. */
export type Lane = (request: LaneRequest) => Parts | undefined;

// A value outside of this needs the validator's rules on reserved characters and empty values.
const plainQuery = /^(?:[A-Za-z0-9_\-.~%]+=[A-Za-z0-9\-._~%+]+(?:&|$))*$/;

/**
 * Compiles, for each operation, one function that says "surely valid" fast. One Ajv holds the components once for all operations, with the
 * options and coercions of express-openapi-validator, which remains the authority: whatever is not surely valid goes to it, and it writes
 * every error. An operation with a parameter the lane does not understand gets no lane.
 */
export function createLanes(document: Document, operations: IndexedOperation[]): Map<string, Lane> {
  const options = { strict: false, strictNumbers: true, strictTuples: true, validateSchema: false, useDefaults: true, formats };
  const [general, body] = [true, false].map((coerceTypes) => {
    const ajv = new Ajv2020({ ...options, coerceTypes });
    addFormats.default(ajv, { mode: 'fast' });
    for (const [name, validate] of Object.entries(formats)) ajv.addFormat(name, { type: 'string', validate });
    return ajv.addSchema({ components: document.components }, root);
  }) as [Ajv2020, Ajv2020];

  const lanes = new Map<string, Lane>();
  for (const operation of operations) {
    if (operation.parameters.every(isPlain)) lanes.set(operation.id, createLane(operation, general, body));
  }
  return lanes;
}

const root = 'contract:';

function createLane(operation: IndexedOperation, general: Ajv2020, bodyAjv: Ajv2020): Lane {
  const query = compilePart(operation, 'query', general);
  const params = compilePart(operation, 'path', general);
  const headers = compilePart(operation, 'header', general);
  const queryNames = new Set(query?.names);
  const body = operation.bodySchema && bodyAjv.compile(absolute(operation.bodySchema));

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

function compilePart(
  operation: IndexedOperation,
  place: Parameter['in'],
  ajv: Ajv2020,
): { names: string[]; validate: ValidateFunction } | undefined {
  const parameters = operation.parameters.filter((parameter) => parameter.in === place);
  if (parameters.length === 0) return undefined;
  const nameOf = ({ name }: Parameter) => (place === 'header' ? name.toLowerCase() : name);
  const properties = Object.fromEntries(parameters.map((parameter) => [nameOf(parameter), absolute(parameter.schema)]));
  const required = parameters.filter((parameter) => parameter.required).map(nameOf);
  return { names: Object.keys(properties), validate: ajv.compile({ type: 'object', properties, required }) };
}

/** A scalar that goes by its name alone: no cookies, no arrays and objects with their styles, no media types, no defaulted headers. */
function isPlain(parameter: Parameter & { content?: unknown; allowEmptyValue?: boolean }): boolean {
  const { type, default: fallback, oneOf, anyOf, allOf } = parameter.schema;
  if (parameter.in === 'cookie' || parameter.content !== undefined || parameter.allowEmptyValue) return false;
  if (parameter.in === 'header' && fallback !== undefined) return false;
  if (oneOf !== undefined || anyOf !== undefined || allOf !== undefined) return false;
  return parameter.schema.$ref !== undefined || (typeof type === 'string' && type !== 'array' && type !== 'object');
}

/** The same schema with its references pointing into the one document that Ajv holds. */
function absolute(schema: Schema): Schema {
  return JSON.parse(JSON.stringify(schema), (key, value) => (key === '$ref' && typeof value === 'string' ? `${root}${value}` : value));
}
