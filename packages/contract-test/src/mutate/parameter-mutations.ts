import type { Document, Parameter, Schema } from '@appstead/contract/document';
import { typedText } from '../answer.ts';
import type { Operation } from '../contract.ts';
import { flatten } from '../merge-schema.ts';
import { isList } from '../plan.ts';
import type { Validators } from '../validators.ts';
import type { Mutation } from './mutation.ts';
import { wrongValues } from './wrong-values.ts';

/** Wrong query parameters, path parameters and headers. */
export function parameterMutations(document: Document, validators: Validators, operation: Operation): Mutation[] {
  const extra: Mutation = { name: 'query.unexpected_parameter: unknown', apply: (plan) => withQuery(plan, 'unexpected_parameter', '1') };
  return [
    extra,
    ...operation.parameters.flatMap((parameter) => {
      if (parameter.in === 'query') return queryMutations(document, validators, operation, parameter);
      if (parameter.in === 'path') return pathMutations(document, validators, parameter);
      return headerMutations(document, validators, parameter);
    }),
  ];
}

function queryMutations(document: Document, validators: Validators, operation: Operation, parameter: Parameter): Mutation[] {
  const { name } = parameter;
  const mutations: Mutation[] = wrongTexts(document, validators, parameter).map(([rule, text]) => ({
    name: `query.${name}: ${rule}`,
    apply: (plan) => withQuery(plan, name, text),
  }));
  const { schema } = flatten(document, parameter.schema);
  if (schema.type !== 'array') {
    mutations.push({ name: `query.${name}: twice`, apply: (plan) => twice(plan, name) });
  }
  if (isList(operation) && name === 'cursor') {
    mutations.push({ name: 'query.cursor: never given out', apply: (plan) => withQuery(plan, name, 'bm90LWEtY3Vyc29y') });
  }
  return mutations;
}

function pathMutations(document: Document, validators: Validators, parameter: Parameter): Mutation[] {
  return [...wrongTexts(document, validators, parameter), ['an escaped slash', '../..'] as const].map(([rule, text]) => ({
    name: `path.${parameter.name}: ${rule}`,
    statuses: [400, 404],
    apply: (plan) => ({ ...plan, path: { ...plan.path, [parameter.name]: text } }),
  }));
}

function headerMutations(document: Document, validators: Validators, parameter: Parameter): Mutation[] {
  const texts = wrongTexts(document, validators, parameter).filter(([, text]) => /^[!-~]([ -~]*[!-~])?$/.test(text));
  const odd = parameter.name === 'If-Match' ? [['unquoted', 'no-entity-tag'] as const] : [['words', 'two words'] as const];
  return [...texts, ...odd].map(([rule, text]) => ({
    name: `header.${parameter.name}: ${rule}`,
    statuses: parameter.name === 'If-Match' ? [400, 412] : [400],
    apply: (plan) => ({ ...plan, headers: { ...plan.headers, [parameter.name.toLowerCase()]: text } }),
  }));
}

/** Texts that are wrong for a parameter: everything in a URL or a header is text first. */
function wrongTexts(document: Document, validators: Validators, parameter: Parameter): (readonly [rule: string, text: string])[] {
  const { schema } = flatten(document, parameter.schema);
  const invalid = (text: string) => validators.open(parameter.schema)(typedText(schema as Schema, text)).length > 0;
  return wrongValues(document, parameter.schema)
    .filter(([, value]) => typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    .map(([rule, value]) => [rule, String(value)] as const)
    .filter(([, text]) => text !== '' && invalid(text));
}

function withQuery(plan: Parameters<Mutation['apply']>[0], name: string, value: unknown) {
  return { ...plan, query: { ...plan.query, [name]: value } };
}

function twice(plan: Parameters<Mutation['apply']>[0], name: string) {
  const value = plan.query[name];
  return value === undefined || Array.isArray(value) ? undefined : withQuery(plan, name, [value, value]);
}
