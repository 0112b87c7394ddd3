import type { Schema } from '@appstead/contract/document';
import type { IndexedOperation } from './contract-index.ts';
import { httpProblems } from './http-problems.ts';
import { Problem, type ProblemPlace } from './problem.ts';

type ValidatorError = {
  status?: number;
  message?: string;
  path?: string;
  errors?: { path: string; message: string; errorCode?: string }[];
};

/** The verdict of express-openapi-validator as a problem of the contract. Errors that are no verdict pass through and end as 500. */
export function describeInvalid(error: unknown, operation: IndexedOperation): unknown {
  if (error instanceof Problem) return error;
  const { status, message, path, errors } = error as ValidatorError;
  if (status === 415) return httpProblems.unsupported_media_type(`Send the body as ${operation.bodyTypes.join(' or ')}`);
  if (status !== 400) return error;
  const found = errors?.length ? errors : [{ path: path ?? '', message: message ?? 'is not valid' }];
  const places = found
    .map((one) => toPlace(one, operation))
    // `if`, `allOf` and the like only repeat that something inside them failed.
    .filter(
      ({ rule }, _, all) => !/^(if|oneOf|anyOf|allOf)$/.test(rule) || all.every((other) => /^(if|oneOf|anyOf|allOf)$/.test(other.rule)),
    );
  const immutable = places.find(({ rule }) => rule === 'immutable');
  if (immutable) return httpProblems.immutable_field(immutable.message, { errors: places });
  return httpProblems.invalid_request(summary(places), { errors: places });
}

function summary(places: ProblemPlace[]): string {
  const [first] = places;
  if (!first) return 'The request is not valid';
  return first.message.startsWith('must') ? `${first.location} ${first.message}` : first.message;
}

function toPlace(error: { path: string; message: string; errorCode?: string }, operation: IndexedOperation): ProblemPlace {
  const [part = '', ...rest] = error.path.replace(/^\//, '').split('/');
  const location = [partNames[part] ?? (part || 'request'), ...rest].join('.');
  const rule = error.errorCode?.split('.')[0] ?? (error.message.startsWith('Unknown query') ? 'unknown' : 'format');
  const property = part === 'body' && rest.length === 1 ? rest[0] : undefined;
  if (property !== undefined) {
    const schema = operation.bodySchema as { properties?: Record<string, Schema>; 'x-immutable'?: string[] } | undefined;
    if (rule === 'additionalProperties' && schema?.['x-immutable']?.includes(property)) {
      return { location, message: `${property} cannot be changed`, rule: 'immutable' };
    }
    const words = schema?.properties?.[property]?.['x-message'];
    if (typeof words === 'string') return { location, message: words, rule };
    if (rule === 'additionalProperties') return { location, message: `${property} is not a field of this request`, rule };
  }
  const parameter = operation.parameters.find((each) => each.in === 'query' && part === 'query' && each.name === rest[0]);
  const words = parameter?.schema['x-message'];
  return { location, message: rule !== 'unknown' && typeof words === 'string' ? words : error.message, rule };
}

const partNames: Record<string, string> = { body: 'body', query: 'query', params: 'path', headers: 'header', cookies: 'cookie' };
