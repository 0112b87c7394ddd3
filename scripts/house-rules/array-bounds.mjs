import { accepts, eachRequestSchema } from './each-request-schema.mjs';

/** A list in a request has a maxItems, so that the work it causes is bounded. A tuple is bounded by `items: false`. */
export const ArrayBounds = () =>
  eachRequestSchema((schema, report) => {
    if (!accepts(schema, 'array') || typeof schema.maxItems === 'number' || schema.items === false) return;
    report('A list in a request needs a maxItems.');
  });
