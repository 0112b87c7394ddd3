import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Principal } from '../principal.ts';
import type { IndexedOperation } from './contract-index.ts';

/** What is known of a request on its way, beside what Express keeps. Filled step by step; each step needs only those before it. */
export type Exchange = {
  requestId: string;
  startedAt: bigint;
  /** The method as it was sent; HEAD is served as GET. */
  method: string;
  /** Path below `/` or `/api`, decoded by nobody yet. */
  path: string;
  address: string;
  operation?: IndexedOperation;
  principal?: Principal;
  /** The code of the problem that was answered, for the log. */
  problemCode?: string;
};

const exchanges = new WeakMap<IncomingMessage, Exchange>();

export function openExchange(req: IncomingMessage, exchange: Exchange): void {
  exchanges.set(req, exchange);
}

/** The exchange of a request; there is one from the first step on. */
export function exchangeOf(req: IncomingMessage): Exchange {
  const exchange = exchanges.get(req);
  if (!exchange) throw new Error('the request has no exchange: openExchange must come first');
  return exchange;
}

/** A step of the request path. It answers by throwing a problem, or by returning when the next step shall go on. */
export type Step = (req: IncomingMessage, res: ServerResponse, exchange: Exchange) => void | Promise<void>;
