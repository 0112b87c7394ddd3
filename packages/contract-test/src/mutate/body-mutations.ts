import type { Document, Schema } from '@appstead/contract/document';
import { isObject } from '../answer.ts';
import type { Operation } from '../contract.ts';
import { flatten, type Properties } from '../merge-schema.ts';
import type { Validators } from '../validators.ts';
import type { Mutation } from './mutation.ts';
import { wrongValues } from './wrong-values.ts';

/** Objects inside objects are followed so deep. */
const depthMax = 2;

/** Every way to break one rule of the body's schema. A change that leaves the body valid is no mutation and is dropped when applied. */
export function bodyMutations(document: Document, validators: Validators, operation: Operation): Mutation[] {
  const schema = operation.body?.schema;
  if (!schema) return [];
  const invalid = validators.open(schema);
  return [
    ...changes(document, schema, []),
    ...conditional(document, schema),
    ...immutable(document, schema),
    ...readOnly(document, schema, operation),
  ].map(({ name, change, namedPlace }) => ({
    name: `body${name}`,
    namedPlace,
    apply(plan) {
      if (!isObject(plan.body)) return undefined;
      const changed = structuredClone(plan.body);
      change(changed);
      return invalid(changed).length === 0 ? undefined : { ...plan, body: changed };
    },
  }));
}

type Change = { name: string; change(body: Record<string, unknown>): void; namedPlace?: string };

function changes(document: Document, given: Schema, path: string[]): Change[] {
  const { schema } = flatten(document, given);
  const properties = Object.entries((schema.properties as Properties | undefined) ?? {});
  const required = (schema.required as string[] | undefined) ?? [];
  const at = (name: string) => [...path, name].map((each) => `.${each}`).join('');
  const set = (name: string, value: unknown) => (body: Record<string, unknown>) => {
    inside(body, path)[name] = value;
  };
  const list: Change[] = required.map((name) => ({
    name: `${at(name)}: missing`,
    change: (body) => {
      delete inside(body, path)[name];
    },
  }));
  if (schema.additionalProperties === false)
    list.push({ name: `${at('unexpected_property')}: unknown`, change: set('unexpected_property', 1) });
  if (Number(schema.minProperties ?? 0) > 0)
    list.push({ name: `${path.join('.')}: too few properties`, change: (body) => clear(inside(body, path)) });
  for (const [name, property] of properties) {
    for (const [rule, value] of wrongValues(document, property)) list.push({ name: `${at(name)}: ${rule}`, change: set(name, value) });
    if (path.length + 1 < depthMax) list.push(...changes(document, property, [...path, name]));
  }
  return list;
}

/** Meets the constants a condition asks for, then breaks one thing of what it demands. */
function conditional(document: Document, schema: Schema): Change[] {
  return flatten(document, schema).conditions.flatMap(({ test, held }) => {
    const asked = Object.entries((flatten(document, test).schema.properties as Properties | undefined) ?? {}).filter(
      ([, each]) => 'const' in each,
    );
    const demanded = held ? flatten(document, held).schema : {};
    const when = asked.map(([name, each]) => `${name} ${JSON.stringify(each.const)}`).join(', ');
    const meet = (body: Record<string, unknown>) =>
      Object.assign(body, Object.fromEntries(asked.map(([name, each]) => [name, each.const])));
    const missing = ((demanded.required as string[] | undefined) ?? []).map(
      (name): Change => ({
        name: `.${name}: missing with ${when}`,
        change: (body) => {
          delete meet(body)[name];
        },
      }),
    );
    const wrong = Object.entries((demanded.properties as Properties | undefined) ?? {}).flatMap(([name, property]) =>
      wrongValues(document, property).map(
        ([rule, value]): Change => ({
          name: `.${name}: ${rule} with ${when}`,
          change: (body) => {
            meet(body)[name] = value;
          },
        }),
      ),
    );
    return asked.length > 0 ? [...missing, ...wrong] : [];
  });
}

/** Fields that exist but may not change (`x-immutable`) must be refused by name. */
function immutable(document: Document, schema: Schema): Change[] {
  const names = (flatten(document, schema).schema['x-immutable'] as string[] | undefined) ?? [];
  return names.map((name) => ({
    name: `.${name}: cannot be changed`,
    namedPlace: `body.${name}`,
    change: (body) => {
      body[name] = 'changed';
    },
  }));
}

/** Fields that answers show and requests do not take: ids, owners, keys, counters. */
function readOnly(document: Document, schema: Schema, { responses }: Operation): Change[] {
  const taken = propertiesOf(document, schema);
  const shown = [...responses]
    .filter(([status]) => status < 300)
    .flatMap(([, { content }]) => Object.values(content ?? {}))
    .flatMap((media) => Object.values(propertiesOf(document, media.schema ?? {})))
    .flatMap((resource) => Object.keys(propertiesOf(document, resource)));
  return [...new Set(shown)]
    .filter((name) => !(name in taken))
    .map((name) => ({
      name: `.${name}: cannot be set`,
      change: (body) => {
        body[name] = 'changed';
      },
    }));
}

function propertiesOf(document: Document, schema: Schema): Properties {
  return (flatten(document, schema).schema.properties as Properties | undefined) ?? {};
}

/** The object at a path, made where there is none. */
function inside(body: Record<string, unknown>, path: string[]): Record<string, unknown> {
  let at = body;
  for (const name of path) {
    const next = isObject(at[name]) ? at[name] : {};
    at[name] = next;
    at = next as Record<string, unknown>;
  }
  return at;
}

function clear(object: Record<string, unknown>): void {
  for (const name of Object.keys(object)) delete object[name];
}
