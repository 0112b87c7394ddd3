import type { Schema } from '@appstead/contract/document';

/**
 * Closes schemas, so that an answer with a property the contract does not declare is a fault. `unevaluatedProperties: false` is put wherever
 * a value stands by itself (the body, a property, an item), never on the branches of `allOf`, `oneOf` and the like, which each see only a
 * part of the object (JSON Schema 2020-12 core, 11.3). A schema that names no properties stays open: it means any object.
 */

const branchLists = ['allOf', 'anyOf', 'oneOf'];
const branches = ['if', 'then', 'else', 'not'];
const valueMaps = ['properties', 'patternProperties', 'dependentSchemas', '$defs'];
const values = ['items', 'additionalProperties', 'contains', 'unevaluatedItems'];

/** The schema of a value that stands by itself. `components` are looked into to see whether a reference names properties. */
export function closeValue(schema: Schema, components: Record<string, Schema>): Schema {
  const inner = closeInside(schema, components);
  return namesProperties(schema, components, new Set()) && !('unevaluatedProperties' in schema)
    ? { ...inner, unevaluatedProperties: false }
    : inner;
}

/** The same schema with everything inside of it closed, itself left open: for branches and for components. */
export function closeInside(schema: Schema, components: Record<string, Schema>): Schema {
  const closed: Schema = { ...schema };
  for (const [keyword, value] of Object.entries(schema)) {
    if (branchLists.includes(keyword)) closed[keyword] = (value as Schema[]).map((branch) => closeInside(branch, components));
    else if (branches.includes(keyword)) closed[keyword] = closeInside(value as Schema, components);
    else if (keyword === 'prefixItems') closed[keyword] = (value as Schema[]).map((item) => closeValue(item, components));
    else if (valueMaps.includes(keyword))
      closed[keyword] = mapValues(value as Record<string, Schema>, (each) => closeValue(each, components));
    else if (values.includes(keyword) && typeof value === 'object') closed[keyword] = closeValue(value as Schema, components);
  }
  return closed;
}

function namesProperties(schema: Schema, components: Record<string, Schema>, seen: Set<string>): boolean {
  if ('properties' in schema) return true;
  if (typeof schema.$ref === 'string' && !seen.has(schema.$ref)) {
    seen.add(schema.$ref);
    const component = components[schema.$ref.replace('#/components/schemas/', '')];
    if (component && namesProperties(component, components, seen)) return true;
  }
  return branchLists.some((keyword) =>
    ((schema[keyword] as Schema[] | undefined) ?? []).some((each) => namesProperties(each, components, seen)),
  );
}

function mapValues(record: Record<string, Schema>, change: (schema: Schema) => Schema): Record<string, Schema> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
}
