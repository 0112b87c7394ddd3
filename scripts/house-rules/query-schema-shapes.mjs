import { eachRequestParameter } from './each-request-parameter.mjs';

/**
 * Query parameters have one type and no alternatives. The validator turns text into numbers and lists by the type; it does not see the list
 * in `type: [array, 'null']`, and a value that fits two branches of a `oneOf` after conversion fits none.
 */
export const QuerySchemaShapes = () =>
  eachRequestParameter('query', (parameter, schema, ctx) => {
    const report = (problem) =>
      ctx.report({ message: `The query parameter "${parameter.name}" ${problem}.`, location: ctx.location.child('schema') });
    if (Array.isArray(schema.type)) report('must have one type');
    if (schema.oneOf || schema.anyOf) report('must not have oneOf or anyOf');
  });
