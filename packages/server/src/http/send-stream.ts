import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { Exchange } from './exchange.ts';

/** How long a reader may take nothing of what waits for it. */
const stallMsMax = 30_000;

export function isStream(body: unknown): body is AsyncIterable<string> {
  return typeof body === 'object' && body !== null && Symbol.asyncIterator in body;
}

/**
 * Begins a reply that goes out piece by piece, and returns: the request is over for load shedding, because a stream mostly waits. It takes the
 * next piece only when the one before could be written; it ends with the body, and the body with the connection (`return` of its iterator).
 * A body that fails, or a reader that takes nothing for 30 seconds, breaks the connection off.
 */
export function startStream(res: ServerResponse, exchange: Exchange, status: number, type: string, body: AsyncIterable<string>): void {
  const iterator = body[Symbol.asyncIterator]();
  const gone = new AbortController();
  const close = () => {
    gone.abort();
    iterator.return?.().catch(() => undefined);
  };
  if (exchange.method === 'HEAD' || res.destroyed) close();
  else res.once('close', close);
  // Proxies would keep pieces until they have many.
  res.writeHead(status, [...exchange.headers, 'Content-Type', type, 'Cache-Control', 'no-store', 'X-Accel-Buffering', 'no']);
  pump(res, iterator, gone.signal).then(
    () => res.end(),
    () => res.destroy(),
  );
}

async function pump(res: ServerResponse, iterator: AsyncIterator<string>, gone: AbortSignal): Promise<void> {
  while (!gone.aborted) {
    const { done, value } = await iterator.next();
    if (done || gone.aborted) return;
    if (!res.write(value)) await once(res, 'drain', { signal: AbortSignal.any([gone, AbortSignal.timeout(stallMsMax)]) });
  }
}
