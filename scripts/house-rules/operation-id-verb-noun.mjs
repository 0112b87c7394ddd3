import { eachOperation } from './each-operation.mjs';

/**
 * An operationId is a verb of its method and a noun, in camelCase: it is the name of the operation in the contract, the code, the tests
 * and the client alike. `verbs` (redocly.yaml) lists the verbs per method.
 */
export const OperationIdVerbNoun = ({ verbs }) =>
  eachOperation(({ operation, method }, ctx) => {
    const [, verb] = /^([a-z]+)[A-Z][A-Za-z0-9]*$/.exec(operation.operationId ?? '') ?? [];
    const allowed = verbs[method] ?? [];
    if (verb && allowed.includes(verb)) return;
    const reason = verb
      ? `"${verb}" is no verb for ${method.toUpperCase()}: ${allowed.join(', ')}`
      : 'it must be a verb and a noun in camelCase';
    ctx.report({ message: `operationId "${operation.operationId}": ${reason}.`, location: ctx.location.child('operationId') });
  });
