import type { Server as HttpServer, ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';

type Parts = {
  http: HttpServer;
  /** Called first: readiness turns to 503, so that balancers look elsewhere. */
  beginStop: () => void;
  /** Called last, when no request runs any more. */
  close: () => Promise<void>;
  /** How long new connections are still taken. */
  delayMs: number;
  /** How long requests may then still run. */
  timeoutMs: number;
  log: (message: string) => void;
};

/** How long buffers and the database may take to close; a database that hangs must not keep the process. */
const closeLimitMs = 10_000;

/** Stops in order: not ready, no new connections, running requests finish, buffers are written. Resolves to the exit code: 0, or 1 when something was cut off. */
export async function stopGracefully({ http, beginStop, close, delayMs, timeoutMs, log }: Parts): Promise<0 | 1> {
  beginStop();
  // A connection that is never idle, because its next request follows at once, would hold the server open.
  http.prependListener('request', (_req, res: ServerResponse) => {
    res.shouldKeepAlive = false;
  });
  log('stopping: finishing the requests that were accepted');
  if (delayMs > 0) await wait(delayMs);

  const closed = new Promise<true>((resolve) => http.close(() => resolve(true)));
  // Node closes the idle connections when close() is called, not those that become idle after their last answer.
  const idle = setInterval(() => http.closeIdleConnections(), 100);
  const finished = await Promise.race([closed, wait(timeoutMs, false)]);
  clearInterval(idle);
  if (!finished) {
    log(`requests still ran after ${timeoutMs / 1000} s and were cut off`);
    http.closeAllConnections();
  }
  const saved = await Promise.race([close().then(() => true), wait(closeLimitMs, false)]);
  if (!saved) log(`the database did not close within ${closeLimitMs / 1000} s`);
  log('stopped');
  return finished && saved ? 0 : 1;
}
