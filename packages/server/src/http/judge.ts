import type { Request } from 'express';
import type { Lane, Parts } from './lane.ts';
import type { RequestPath } from './request-path.ts';
import type { Validator } from './validate.ts';

/**
 * The lane first, the validator where the lane is not sure. The validator is the authority: it alone refuses, and what it accepts is what the
 * lane must accept with the same values.
 */
export function createJudge(lanes: ReadonlyMap<string, Lane>, validator: Validator): RequestPath['validate'] {
  return (req, res, exchange, operation, body) => {
    const params = req.params as Record<string, string>;
    const parts = lanes.get(operation.id)?.({ params, rawQuery: exchange.rawQuery, headers: req.headers, body });
    if (parts) return parts;
    req.body = body;
    return validator(req, res, operation).then(() => partsOf(req));
  };
}

function partsOf(req: Request): Parts {
  return { params: req.params, query: req.query, body: req.body };
}
