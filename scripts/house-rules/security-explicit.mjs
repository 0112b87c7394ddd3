import { eachOperation } from './each-operation.mjs';

/** Every operation says who may call it; a public one says `security: []`. Nothing is open, or closed, by a default somewhere else. */
export const SecurityExplicit = () =>
  eachOperation(({ operation }, ctx) => {
    if (Array.isArray(operation.security)) return;
    ctx.report({ message: 'Say who may call this operation: `security`, or `security: []` for everyone.', location: ctx.location });
  });
