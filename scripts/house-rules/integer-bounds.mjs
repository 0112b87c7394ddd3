import { accepts, eachRequestSchema } from './each-request-schema.mjs';

const bounded = (schema) =>
  schema.enum ||
  schema.const !== undefined ||
  (hasOne(schema, 'minimum', 'exclusiveMinimum') && hasOne(schema, 'maximum', 'exclusiveMaximum'));
const hasOne = (schema, ...keywords) => keywords.some((keyword) => typeof schema[keyword] === 'number');

/** An integer in a request has a minimum and a maximum: it goes into a column of a fixed width, and one too large would be a 500. */
export const IntegerBounds = () =>
  eachRequestSchema((schema, report) => {
    if (!accepts(schema, 'integer') || bounded(schema)) return;
    report('An integer in a request needs a minimum and a maximum.');
  });
