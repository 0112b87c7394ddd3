import type { IncomingMessage } from 'node:http';
import type { Principal } from '../principal.ts';
import type { IndexedOperation } from './contract-index.ts';

/** What is known of a request on its way, beside what Express keeps. Filled step by step; each step needs only those before it. */
export type Exchange = {
  requestId: string;
  startedAtMs: number;
  /** The method as it was sent; HEAD is served as GET. */
  method: string;
  /** The path below `/` or `/api`, still encoded. */
  path: string;
  rawQuery: string;
  operation: IndexedOperation | undefined;
  principal: Principal | undefined;
  /** Authenticates and authorizes anew. There once the caller was let in. */
  recheck: (() => Promise<void>) | undefined;
  /** Headers that every answer to this request carries, problems included: flat, name after name and value. */
  headers: string[];
  /** The code of the problem that was answered, for the log. */
  problemCode: string | undefined;
};

const slot = Symbol('exchange');

type WithExchange = IncomingMessage & { [slot]?: Exchange };

export function openExchange(req: IncomingMessage, exchange: Exchange): Exchange {
  (req as WithExchange)[slot] = exchange;
  return exchange;
}

/** The exchange of a request; there is one from the first step on. */
export function exchangeOf(req: IncomingMessage): Exchange {
  const exchange = (req as WithExchange)[slot];
  if (!exchange) throw new Error('the request has no exchange: openExchange must come first');
  return exchange;
}
