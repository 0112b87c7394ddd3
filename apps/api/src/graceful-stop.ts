import type { Server as HttpServer } from 'node:http';

type Parts = {
  http: HttpServer;
  /** Called first: readiness turns to 503, so that balancers look elsewhere. */
  beginStop: () => void;
  /** Called last, when no request runs any more. */
  close: () => Promise<void>;
  timeoutMs: number;
  log: (message: string) => void;
};

/** Stops in order: not ready, no new connections, running requests finish, buffers are written. Resolves to the exit code. */
export async function stopGracefully({ http, beginStop, close, timeoutMs, log }: Parts): Promise<number> {
  beginStop();
  log('stopping: finishing the requests that were accepted');
  const closed = new Promise<'closed'>((resolve) => http.close(() => resolve('closed')));
  http.closeIdleConnections();
  // A keep-alive connection that goes idle after its last answer would hold the server open.
  const idle = setInterval(() => http.closeIdleConnections(), 100);
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(() => resolve('late'), timeoutMs);
  });
  const outcome = await Promise.race([closed, late]);
  clearInterval(idle);
  clearTimeout(timer);
  if (outcome === 'late') http.closeAllConnections();
  await close();
  log(outcome === 'closed' ? 'stopped' : `stopped, but some requests were cut off after ${timeoutMs / 1000} s`);
  return outcome === 'closed' ? 0 : 1;
}
