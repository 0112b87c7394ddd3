import { accepts, eachRequestSchema } from './each-request-schema.mjs';

/**
 * An object in a request says what it does with unknown properties. Silence would mean that they are accepted and dropped, and a misspelt
 * property would look like success.
 */
export const RequestObjectsClosed = () =>
  eachRequestSchema((schema, report) => {
    if (!accepts(schema, 'object') || 'additionalProperties' in schema || 'unevaluatedProperties' in schema) return;
    report('An object in a request needs additionalProperties: false, or a schema for them.');
  });
