const lists = ['allOf', 'anyOf', 'oneOf', 'prefixItems'];
const maps = ['properties', 'patternProperties', 'dependentSchemas'];
const single = ['items', 'contains', 'additionalProperties', 'unevaluatedProperties', 'unevaluatedItems'];

/**
 * A Redocly visitor that shows every schema a request is validated with, once: those of parameters and of request bodies, through references.
 *
 * Left out are the conditions (`if`, `then`, `else`, `not`) and `propertyNames`: they narrow a schema that states its bounds elsewhere.
 * The walk is our own, because Redocly's nested visitors stop at the first schema below a body.
 *
 * @param {(schema, report: (message: string) => void) => void} check called with each schema object
 */
export function eachRequestSchema(check) {
  const seen = new Set();
  const walk = (node, location, ctx) => {
    if (node === null || typeof node !== 'object') return;
    if (node.$ref) {
      const target = ctx.resolve(node);
      if (target.location) walk(target.node, target.location, ctx);
      return;
    }
    if (seen.has(location.absolutePointer)) return;
    seen.add(location.absolutePointer);
    check(node, (message) => ctx.report({ message, location }));
    for (const path of childrenOf(node)) walk(at(node, path), location.child(path), ctx);
  };
  const start = (holder, ctx) => walk(holder.schema, ctx.location.child('schema'), ctx);
  return { Paths: { RequestBody: { MediaType: start }, Parameter: start } };
}

/** Where a schema holds schemas: `['properties', 'name']`, `['items']`, `['allOf', 0]`. */
function childrenOf(schema) {
  return [
    ...[...lists, ...maps].flatMap((keyword) => Object.keys(schema[keyword] ?? {}).map((key) => [keyword, key])),
    ...single.filter((keyword) => keyword in schema).map((keyword) => [keyword]),
  ];
}

function at(node, path) {
  return path.reduce((inner, key) => inner[key], node);
}

/** Whether a schema accepts values of a JSON type by name. */
export function accepts(schema, type) {
  return [schema.type].flat().includes(type);
}
