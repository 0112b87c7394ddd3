import http from 'node:http';
import https from 'node:https';

/**
 * One HTTP request and its answer, over node:http rather than fetch: the kit sends headers, bodies and source addresses that fetch refuses,
 * and must see answers as they are, redirects included.
 */

export type WireRequest = {
  method: string;
  url: URL;
  headers: Record<string, string>;
  body?: string | Buffer;
  /** The local address to send from; such a request gets a connection of its own. */
  localAddress?: string;
};

export type WireAnswer = { status: number; headers: Record<string, string>; text: string };

const agents = {
  'http:': new http.Agent({ keepAlive: true }),
  'https:': new https.Agent({ keepAlive: true }),
};
const timeoutMs = 30_000;

/** Rejects when the connection fails or nothing comes for 30 s. */
export function sendOverWire({ method, url, headers, body, localAddress }: WireRequest): Promise<WireAnswer> {
  const protocol = url.protocol === 'https:' ? 'https:' : 'http:';
  const length: Record<string, string> = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
  const options = {
    method,
    headers: { ...length, ...headers },
    timeout: timeoutMs,
    ...(localAddress ? { localAddress, agent: false, family: 4 } : { agent: agents[protocol] }),
  };
  return new Promise((resolve, reject) => {
    const request = (protocol === 'https:' ? https : http).request(url, options, (response) => {
      const chunks: Buffer[] = [];
      const isEndless = response.headers['content-type']?.startsWith('text/event-stream') ?? false;
      response.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        // What comes first tells that it is one; its end would never come.
        if (isEndless) done();
      });
      response.on('error', reject);
      response.on('end', () => done());
      const done = () => {
        const joined = Object.entries(response.headers).map(([name, value]) => [
          name,
          Array.isArray(value) ? value.join(', ') : (value ?? ''),
        ]);
        resolve({ status: response.statusCode ?? 0, headers: Object.fromEntries(joined), text: Buffer.concat(chunks).toString('utf8') });
        if (isEndless) request.destroy();
      };
    });
    request.on('timeout', () => request.destroy(new Error(`no answer within ${timeoutMs} ms`)));
    request.on('error', reject);
    request.end(body);
  });
}

/** Closes the connections kept open between requests. */
export function closeConnections(): void {
  for (const agent of Object.values(agents)) agent.destroy();
}
