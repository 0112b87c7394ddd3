import type { Document, Schema } from '@appstead/contract/document';
import fc from 'fast-check';
import { isObject } from './answer.ts';
import { arbitraryText } from './arbitrary-text.ts';
import { type Condition, flatten, mergeSchemas, type Properties, typesOf } from './merge-schema.ts';
import type { Validators } from './validators.ts';

/**
 * Values of a schema for fast-check, which shrinks them. Conditions (`if`, `then`, `else`) are met by construction where a property decides
 * them, so that rare branches are made as often as common ones; whatever is made is validated against the schema in the end.
 */
export type Arbitraries = { of(schema: Schema): fc.Arbitrary<unknown> };

/** Deeper, a recursive schema only gets what it requires. */
const depthMax = 5;
/** So many misses in a row mean that the generator cannot meet the schema. */
const missesMax = 2000;

export function createArbitraries(document: Document, validators: Validators): Arbitraries {
  const known = new WeakMap<Schema, fc.Arbitrary<unknown>>();
  return {
    of(schema) {
      const before = known.get(schema);
      if (before) return before;
      const validate = validators.open(schema);
      let misses = 0;
      const arbitrary = build(schema, 0).filter((value) => {
        const faults = validate(value);
        misses = faults.length === 0 ? 0 : misses + 1;
        if (misses > missesMax) throw new Error(`no valid value can be made: ${faults[0]} (${JSON.stringify(value)?.slice(0, 200)})`);
        return faults.length === 0;
      });
      known.set(schema, arbitrary);
      return arbitrary;
    },
  };

  function build(given: Schema, depth: number): fc.Arbitrary<unknown> {
    const { schema, conditions } = flatten(document, given);
    if ('const' in schema) return fc.constant(schema.const);
    if (Array.isArray(schema.enum)) return fc.constantFrom(...schema.enum);
    for (const keyword of ['oneOf', 'anyOf'] as const) {
      const { [keyword]: choices, ...rest } = schema as Schema & { oneOf?: Schema[]; anyOf?: Schema[] };
      if (choices)
        return settle(
          fc.oneof(...choices.map((choice) => build(mergeSchemas(rest, flatten(document, choice).schema), depth))),
          schema,
          conditions,
          depth,
        );
    }
    const types = typesOf(schema);
    const options = (types.length > 0 ? types : impliedTypes(schema)).map((type) => ofType(type, schema, depth));
    return settle(fc.oneof(...options), schema, conditions, depth);
  }

  function ofType(type: string, schema: Schema, depth: number): fc.Arbitrary<unknown> {
    if (type === 'null') return fc.constant(null);
    if (type === 'boolean') return fc.boolean();
    if (type === 'integer' || type === 'number') return numbers(type, schema);
    if (type === 'string') return arbitraryText(schema);
    if (type === 'array') return items(schema, depth);
    return objects(schema, depth);
  }

  function items(schema: Schema, depth: number): fc.Arbitrary<unknown[]> {
    const minLength = Number(schema.minItems ?? 0);
    const maxLength = Math.max(minLength, Math.min(Number(schema.maxItems ?? 5), depth > depthMax ? 0 : minLength + 5));
    const each = build((schema.items as Schema | undefined) ?? {}, depth + 1);
    return schema.uniqueItems
      ? fc.uniqueArray(each, { minLength, maxLength, selector: (value) => JSON.stringify(value) })
      : fc.array(each, { minLength, maxLength });
  }

  function objects(schema: Schema, depth: number): fc.Arbitrary<unknown> {
    const required = (schema.required as string[] | undefined) ?? [];
    const properties = Object.entries((schema.properties as Properties | undefined) ?? {}).filter(
      ([name]) => depth <= depthMax || required.includes(name),
    );
    const named = fc.record(Object.fromEntries(properties.map(([name, property]) => [name, build(property, depth + 1)])), {
      requiredKeys: required,
    });
    if (properties.length > 0 || typeof schema.additionalProperties !== 'object') return named;
    const names = arbitraryText({ minLength: 1, maxLength: 30, ...(schema.propertyNames as Schema | undefined) });
    return fc.dictionary(
      names.filter((name) => name !== '__proto__'),
      build(schema.additionalProperties as Schema, depth + 1),
      {
        minKeys: Number(schema.minProperties ?? 0),
        maxKeys: Math.min(Number(schema.maxProperties ?? 5), 5),
        noNullPrototype: true,
      },
    );
  }

  /** Makes anew the properties that a condition the value has run into asks for. */
  function settle(base: fc.Arbitrary<unknown>, schema: Schema, conditions: Condition[], depth: number): fc.Arbitrary<unknown> {
    if (conditions.length === 0) return base;
    return base.chain((value) => {
      if (!isObject(value)) return fc.constant(value);
      const asked = conditions
        .map((condition) => (validators.open(condition.test)(value).length === 0 ? condition.held : condition.failed))
        .filter((branch) => branch !== undefined)
        .map((branch) => flatten(document, branch).schema)
        .reduce(mergeSchemas, {});
      const needed = Object.entries((asked.properties as Properties | undefined) ?? {}).filter(
        ([name]) => name in value || ((asked.required as string[] | undefined) ?? []).includes(name),
      );
      const declared = (schema.properties as Properties | undefined) ?? {};
      const made = needed.map(([name, property]) => [name, build({ allOf: [declared[name] ?? {}, property] }, depth + 1)] as const);
      return made.length === 0 ? fc.constant(value) : fc.record(Object.fromEntries(made)).map((fixed) => ({ ...value, ...fixed }));
    });
  }
}

function numbers(type: string, schema: Schema): fc.Arbitrary<number> {
  const step = Number(schema.multipleOf ?? 1);
  const min = Number(
    schema.minimum ??
      (schema.exclusiveMinimum === undefined ? -1_000_000 : Number(schema.exclusiveMinimum) + (type === 'integer' ? 1 : 1e-9)),
  );
  const max = Number(
    schema.maximum ??
      (schema.exclusiveMaximum === undefined
        ? Math.max(min, 1_000_000)
        : Number(schema.exclusiveMaximum) - (type === 'integer' ? 1 : 1e-9)),
  );
  if (type === 'number' && schema.multipleOf === undefined)
    return fc.double({ min, max, noNaN: true }).map((value) => (Object.is(value, -0) ? 0 : value));
  return fc.integer({ min: Math.ceil(min / step), max: Math.floor(max / step) }).map((count) => count * step);
}

function impliedTypes(schema: Schema): string[] {
  if (schema.properties || schema.additionalProperties || schema.required) return ['object'];
  if (schema.items) return ['array'];
  if (schema.pattern || schema.format || schema.minLength !== undefined || schema.maxLength !== undefined) return ['string'];
  if (schema.minimum !== undefined || schema.maximum !== undefined) return ['number'];
  return ['string', 'integer', 'boolean', 'null'];
}
