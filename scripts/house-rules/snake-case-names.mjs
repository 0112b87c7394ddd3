const snakeCase = /^[a-z][a-z0-9]*(_[a-z0-9]+)*$/;

/**
 * Path and query parameters and properties are snake_case. It also keeps hyphens out of path parameters and brackets out of query
 * parameters, neither of which the validator can match. A schema whose names another standard gave says so: `x-names-from: RFC 7517`.
 */
export const SnakeCaseNames = () => ({
  Parameter(parameter, ctx) {
    if (!['path', 'query'].includes(parameter.in) || snakeCase.test(parameter.name)) return;
    ctx.report({ message: `The ${parameter.in} parameter "${parameter.name}" must be snake_case.`, location: ctx.location.child('name') });
  },
  Schema(schema, ctx) {
    if (schema['x-names-from']) return;
    for (const name of Object.keys(schema.properties ?? {})) {
      if (snakeCase.test(name)) continue;
      ctx.report({ message: `The property "${name}" must be snake_case.`, location: ctx.location.child(['properties', name]).key() });
    }
  },
});
