import { accepts, eachRequestSchema } from './each-request-schema.mjs';

const fixedLength = ['uuid', 'date', 'date-time'];

/** A string in a request has a maxLength, unless an enum, a const or a format of known length bounds it. */
export const StringBounds = () =>
  eachRequestSchema((schema, report) => {
    if (!accepts(schema, 'string')) return;
    if (typeof schema.maxLength === 'number' || schema.enum || schema.const !== undefined || fixedLength.includes(schema.format)) return;
    report('A string in a request needs a maxLength.');
  });
