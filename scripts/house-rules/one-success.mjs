import { eachOperation, successStatuses } from './each-operation.mjs';

/** An operation succeeds with one status, 2xx or, where there is none, a redirect: two would make the client's result a guess. */
export const OneSuccess = () =>
  eachOperation(({ operation }, ctx) => {
    const found = successStatuses(operation);
    if (found.length === 1) return;
    const what = found.length === 0 ? 'it has none' : `it has ${found.join(', ')}`;
    ctx.report({ message: `An operation has one success status; ${what}.`, location: ctx.location.child('responses').key() });
  });
