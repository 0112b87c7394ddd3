import { eachOperation } from './each-operation.mjs';

const takes = (name) => (_operation, parameters) => parameters.some((one) => one.in === 'header' && one.name.toLowerCase() === name);

/** Which statuses an operation must document, and what brings them about. */
const circumstances = [
  { statuses: ['400', '500'], because: 'any request can be malformed, any server can fail', when: () => true },
  { statuses: ['401'], because: 'it wants a credential', when: (operation) => schemes(operation).length > 0 },
  {
    statuses: ['403'],
    because: 'a known credential may still not be allowed',
    when: (operation) => schemes(operation).some((scheme) => scheme !== 'metricsToken'),
  },
  { statuses: ['404'], because: 'it has path parameters', when: (_operation, parameters) => parameters.some((one) => one.in === 'path') },
  { statuses: ['412'], because: 'it takes If-Match', when: takes('if-match') },
  { statuses: ['413', '415'], because: 'it takes a body', when: (operation) => operation.requestBody !== undefined },
  { statuses: ['409'], because: 'it takes an Idempotency-Key', when: takes('idempotency-key') },
  { statuses: ['422'], because: 'an Idempotency-Key may come back with another request', when: canVaryUnderKey },
  { statuses: ['429'], because: 'it has x-rate-limit', when: (operation) => operation['x-rate-limit'] !== undefined },
];

/** Every error that follows from what an operation takes is documented, so that a client's types know it. */
export const ErrorsDocumented = () =>
  eachOperation(({ operation, parameters }, ctx) => {
    for (const { statuses, because, when } of circumstances) {
      if (!when(operation, parameters)) continue;
      const missing = statuses.filter((status) => !operation.responses?.[status]);
      if (missing.length === 0) continue;
      ctx.report({ message: `Document ${missing.join(' and ')}: ${because}.`, location: ctx.location.child('responses').key() });
    }
  });

/** Whether two requests under one Idempotency-Key can differ at all: without body, path or query they are always the same. */
function canVaryUnderKey(operation, parameters) {
  return (
    takes('idempotency-key')(operation, parameters) &&
    (operation.requestBody !== undefined || parameters.some((one) => /path|query/.test(one.in)))
  );
}

/** The security schemes an operation accepts; none when it is open to everyone. The metrics token has no rights to lack. */
function schemes(operation) {
  return (operation.security ?? []).flatMap((alternative) => Object.keys(alternative));
}
