import {
  createServer as createHttpServer,
  type Server as HttpServer,
  type IncomingMessage,
  type RequestListener,
  type ServerResponse,
} from 'node:http';
import { v7 as uuidv7 } from 'uuid';
import type { Server } from './create-server.ts';
import { httpProblems } from './http/http-problems.ts';
import { messageClasses } from './http/message-classes.ts';
import type { Problem } from './http/problem.ts';
import { problemBody } from './http/render-problem.ts';

/** What Node's parser refuses never becomes a request, so it is answered here, on the socket, with the same problem details. */
const parserProblems: Record<string, () => ReturnType<typeof httpProblems.internal_error>> = {
  HPE_HEADER_OVERFLOW: () => httpProblems.headers_too_large('The headers may have at most 16384 bytes'),
  ERR_HTTP_REQUEST_TIMEOUT: () => httpProblems.request_timeout('The request took too long to arrive'),
};

/** Opens the port. Limits on time, headers and connections stand here, because they are the same for every operation. */
export async function listen(
  { app, serve }: Pick<Server, 'app' | 'serve'>,
  options: { port: number; host?: string; publicUrl: string; connectionsMax?: number },
): Promise<HttpServer> {
  const limits = {
    headersTimeout: 10_000,
    requestTimeout: 30_000,
    keepAliveTimeout: 65_000,
    connectionsCheckingInterval: 5_000,
    maxHeaderSize: 16_384,
    // Node would answer with an empty 400, and not mind two of them.
    requireHostHeader: false,
  };
  const refuse = (res: ServerResponse, problem: Problem) => {
    const requestId = uuidv7();
    const body = JSON.stringify(problemBody(problem, requestId, options.publicUrl));
    const headers = { 'Content-Type': 'application/problem+json', 'X-Request-Id': requestId, 'Content-Length': Buffer.byteLength(body) };
    res.writeHead(problem.status, { ...headers, Connection: 'close' }).end(body);
  };
  const classes = messageClasses(app);
  // Messages that are born with the prototypes of the app need nothing else of what Express does at its entrance.
  const enter = (classes.IncomingMessage ? serve : app) as RequestListener;
  const server = createHttpServer({ ...limits, ...classes }, (req, res) => {
    if (hasOneHost(req)) enter(req, res);
    else refuse(res, httpProblems.invalid_request('The request must have one Host header'));
  });
  server.maxHeadersCount = 100;
  server.maxRequestsPerSocket = 10_000;
  server.maxConnections = options.connectionsMax ?? 10_000;
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
    const problem = (parserProblems[error.code ?? ''] ?? (() => httpProblems.invalid_request('The request is not valid HTTP')))();
    const requestId = uuidv7();
    const body = JSON.stringify(problemBody(problem, requestId, options.publicUrl));
    socket.end(
      `HTTP/1.1 ${problem.status} ${problem.title}\r\nContent-Type: application/problem+json\r\nX-Request-Id: ${requestId}\r\n` +
        `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
    );
  });
  server.on('checkExpectation', (_req, res) => {
    refuse(res, httpProblems.expectation_failed('Only Expect: 100-continue is understood'));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, resolve);
  });
  return server;
}

/** RFC 9112 3.2: one, and before HTTP/1.1 perhaps none. */
function hasOneHost({ rawHeaders, headers, httpVersion }: IncomingMessage): boolean {
  if (headers.host === undefined) return httpVersion === '1.0';
  let count = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] as string;
    if (name.length === 4 && name.toLowerCase() === 'host') count++;
  }
  return count === 1;
}
