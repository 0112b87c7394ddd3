import { eachOperation } from './each-operation.mjs';

/**
 * Every operation that changes something names its audit event, and no GET has one. A POST that writes nothing the audit trail is for says
 * `x-audit: false`, which is then a statement and not an omission: it only computes an answer (a check, a simulation), or takes in data that is
 * its own record (docs/decisions/0040).
 */
export const AuditWhereWritten = () =>
  eachOperation(({ operation, method }, ctx) => {
    const event = operation['x-audit'];
    const report = (message) => ctx.report({ message, location: ctx.location });
    if (method === 'get') {
      if (event !== undefined) report('A GET changes nothing and has no x-audit.');
    } else if (event === undefined) {
      report(
        `This ${method.toUpperCase()} must name its audit event in x-audit${method === 'post' ? ', or say x-audit: false when it writes nothing that the trail is for' : ''}.`,
      );
    } else if (event === false && method !== 'post') {
      report(`Only a POST can be without an audit event; a ${method.toUpperCase()} writes.`);
    }
  });
