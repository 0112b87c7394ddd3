import { eachOperation } from './each-operation.mjs';

/**
 * Every operation that changes something names its audit event, and no GET has one. A POST that only computes an answer (a check, a
 * simulation) says `x-audit: false`: that it writes nothing is then a statement, not an omission.
 */
export const AuditWhereWritten = () =>
  eachOperation(({ operation, method }, ctx) => {
    const event = operation['x-audit'];
    const report = (message) => ctx.report({ message, location: ctx.location });
    if (method === 'get') {
      if (event !== undefined) report('A GET changes nothing and has no x-audit.');
    } else if (event === undefined) {
      report(
        `This ${method.toUpperCase()} must name its audit event in x-audit${method === 'post' ? ', or say x-audit: false when it writes nothing' : ''}.`,
      );
    } else if (event === false && method !== 'post') {
      report(`Only a POST can be without an audit event; a ${method.toUpperCase()} writes.`);
    }
  });
