import type { Document, Schema } from '@appstead/contract/document';
import { follow } from './contract.ts';

/** A condition of a schema: what holds for the value when it does, or does not, satisfy `if`. */
export type Condition = { test: Schema; held?: Schema; failed?: Schema };

/** A schema without references and `allOf`, and the conditions that were among them. */
export type FlatSchema = { schema: Schema; conditions: Condition[] };

export function flatten(document: Document, given: Schema): FlatSchema {
  const {
    $ref,
    allOf,
    if: condition,
    then: consequence,
    else: alternative,
    ...own
  } = given as Schema & { $ref?: string; allOf?: Schema[] };
  const parts = [...($ref ? [follow<Schema>(document, { $ref })] : []), ...(allOf ?? [])].map((part) => flatten(document, part));
  const conditions = parts.flatMap((part) => part.conditions);
  if (condition)
    conditions.push({ test: condition as Schema, held: consequence as Schema | undefined, failed: alternative as Schema | undefined });
  return { schema: parts.reduce((merged, part) => mergeSchemas(merged, part.schema), own as Schema), conditions };
}

/** A schema that both hold for, as far as a generator needs it; what it makes is still validated against the originals. */
export function mergeSchemas(first: Schema, second: Schema): Schema {
  const merged: Schema = { ...first, ...second };
  const types = [typesOf(first), typesOf(second)].filter((each) => each.length > 0);
  if (types.length === 2) merged.type = intersect(types[0] ?? [], types[1] ?? []);
  if (Array.isArray(first.enum) && Array.isArray(second.enum)) merged.enum = intersect(first.enum, second.enum);
  for (const keyword of ['minLength', 'minItems', 'minProperties', 'minimum']) bound(merged, first, second, keyword, Math.max);
  for (const keyword of ['maxLength', 'maxItems', 'maxProperties', 'maximum']) bound(merged, first, second, keyword, Math.min);
  if (first.required && second.required)
    merged.required = [...new Set([...(first.required as string[]), ...(second.required as string[])])];
  if (first.properties && second.properties)
    merged.properties = mergeProperties(first.properties as Properties, second.properties as Properties);
  return merged;
}

export type Properties = Record<string, Schema>;

/** The types a schema names; none when any is meant. */
export function typesOf(schema: Schema): string[] {
  if (schema.type === undefined) return [];
  return Array.isArray(schema.type) ? schema.type : [String(schema.type)];
}

function mergeProperties(first: Properties, second: Properties): Properties {
  const merged = { ...first };
  for (const [name, schema] of Object.entries(second)) merged[name] = merged[name] ? { allOf: [merged[name], schema] } : schema;
  return merged;
}

function bound(merged: Schema, first: Schema, second: Schema, keyword: string, choose: (a: number, b: number) => number): void {
  if (typeof first[keyword] === 'number' && typeof second[keyword] === 'number') merged[keyword] = choose(first[keyword], second[keyword]);
}

function intersect<T>(first: T[], second: T[]): T[] {
  return first.filter((each) => second.includes(each));
}
