import { follow } from './each-operation.mjs';

/**
 * A Redocly visitor that shows the parameters of one place, with their schema, references followed.
 *
 * @param {'path' | 'query' | 'header'} place
 * @param {(parameter, schema, ctx) => void} check
 */
export function eachRequestParameter(place, check) {
  return {
    Parameter(parameter, ctx) {
      if (parameter.in === place) check(parameter, follow(parameter.schema, ctx) ?? {}, ctx);
    },
  };
}
