import { eachOperation, follow, successStatuses } from './each-operation.mjs';

const isCount = (value) => Number.isInteger(value) && value > 0;
const isComplete = (rule) =>
  /^[a-z]+(-[a-z]+)*$/.test(rule.policy) &&
  ['address', 'principal'].includes(rule.by) &&
  isCount(rule.limit) &&
  isCount(rule.window_seconds);

/** `x-rate-limit` is complete, and the answers it applies to carry `RateLimit` and `RateLimit-Policy`. */
export const RateLimitDeclared = () =>
  eachOperation(({ operation }, ctx) => {
    const rule = operation['x-rate-limit'];
    if (rule === undefined) return;
    if (!isComplete(Object(rule))) {
      const message = 'x-rate-limit needs policy (kebab-case), by (address or principal), limit and window_seconds.';
      ctx.report({ message, location: ctx.location.child('x-rate-limit') });
    }
    for (const status of [...successStatuses(operation), '429']) {
      const headers = follow(operation.responses?.[status], ctx)?.headers ?? {};
      const missing = ['RateLimit', 'RateLimit-Policy'].filter((name) => !(name in headers));
      if (missing.length === 0) continue;
      ctx.report({
        message: `The answer ${status} needs the header ${missing.join(' and ')}.`,
        location: ctx.location.child(['responses', status]),
      });
    }
  });
