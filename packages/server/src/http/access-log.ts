import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from 'pino';
import { exchangeOf } from './exchange.ts';
import type { Metrics } from './metrics.ts';

/**
 * Counts every answer and logs it: all that failed, and one in `sampleEvery` of the rest. A line has an allow-list of fields; addresses of
 * callers, headers, query and body are not among them, so no secret can be.
 */
export function createAccessLog(log: Logger, metrics: Metrics, sampleEvery: number): (this: ServerResponse) => void {
  let sinceLogged = 0;
  return function finish() {
    const exchange = exchangeOf(this.req as IncomingMessage);
    const ms = performance.now() - exchange.startedAtMs;
    const operation = exchange.operation?.id ?? 'none';
    metrics.count(operation, this.statusCode, ms / 1000);
    if (this.statusCode < 400 && this.writableFinished && ++sinceLogged < sampleEvery) return;
    sinceLogged = 0;
    const { requestId, method, principal, problemCode: code } = exchange;
    const line = { requestId, method, operation, status: this.statusCode, ms: Math.round(ms * 100) / 100, code };
    const who = principal && 'id' in principal ? { kind: principal.kind, id: principal.id } : undefined;
    log.info({ ...line, principal: who, aborted: this.writableFinished ? undefined : true }, 'request');
  };
}
