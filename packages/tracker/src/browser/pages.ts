import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { bundle } from '../testing/bundle.ts';

export type Pages = { port: number; close: () => Promise<void> };

const page = `<!doctype html><meta charset="utf-8"><title>A shop</title>
<script type="module">
  import { createTracker } from '/tracker.js';
  const query = new URLSearchParams(location.search);
  window.errors = [];
  window.tracker = createTracker({
    baseUrl: query.get('baseUrl'),
    appKey: query.get('appKey'),
    bundleId: query.get('bundleId') || undefined,
    onError: (error) => window.errors.push(error),
  });
  for (const name of query.getAll('track')) window.tracker.track(name);
</script>`;

/** A frame that the browser gives no origin, and so no storage. */
const frame = `<!doctype html><title>A frame</title><iframe sandbox="allow-scripts"></iframe>
<script>document.querySelector('iframe').src = '/' + location.search;</script>`;

/** Serves pages with a tracker on a free port of the loopback address, for whatever host they are asked for. */
export async function servePages(): Promise<Pages> {
  const { code } = await bundle();
  const bodies = new Map([
    ['/', ['text/html', page]],
    ['/frame', ['text/html', frame]],
    ['/elsewhere', ['text/html', '<!doctype html><title>Elsewhere</title>']],
    ['/tracker.js', ['text/javascript', code]],
  ]);
  const server = createServer(({ url = '' }, response) => {
    const [type, body] = bodies.get(new URL(url, 'http://pages.test').pathname) ?? [];
    // A frame without an origin asks for its scripts from another origin than its own.
    if (type) response.writeHead(200, { 'Content-Type': type, 'Access-Control-Allow-Origin': '*' }).end(body);
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
