import type { Request, RequestHandler, Response } from 'express';
import { type Exchange, openExchange } from './exchange.ts';
import { httpProblems } from './http-problems.ts';
import type { LoadShedding } from './load-shedding.ts';
import { sendProblem, toProblem } from './render-problem.ts';
import { requestIdOf } from './request-id.ts';
import { type createRequestPath, refuseMethod } from './request-path.ts';
import type { Route } from './route-operations.ts';
import type { PagePolicies } from './standing-headers.ts';
import { answerHeaders, crossOriginHeaders, pageHeaders } from './standing-headers.ts';

type Parts = {
  route: (method: string, path: string) => Route;
  requestPath: ReturnType<typeof createRequestPath>;
  /** Serves the documentation, or goes on when it has no such page. */
  docs: RequestHandler | undefined;
  pagePolicies: PagePolicies;
  /** Whether callers come by https. */
  isSecure: boolean;
  finish: (this: Response) => void;
  shedding: LoadShedding;
  publicUrl: string;
  onFault: (error: unknown, exchange: Exchange) => void;
};

/** The one middleware: everything between the bytes of a request and its operation, and the one place where a thrown problem is answered. */
export function createServe({
  route,
  requestPath,
  docs,
  pagePolicies,
  isSecure,
  finish,
  shedding,
  publicUrl,
  onFault,
}: Parts): RequestHandler {
  const standing = [...answerHeaders(isSecure), 'X-Request-Id'];
  const crossOrigin = [...crossOriginHeaders(), ...standing];
  const ofAllPages = pageHeaders();
  const ofPages = Object.entries(pagePolicies).map(([prefix, policy]) => ({ prefix, headers: pageHeaders(policy) }));

  async function serve(req: Request, res: Response, exchange: Exchange): Promise<void> {
    let entered = false;
    try {
      const found = route(req.method, exchange.path);
      if (!found) return await serveDocs(req, res, exchange);
      if ('allowed' in found) return refuseMethod(req, writeAhead(res, exchange.headers), found.allowed);
      exchange.operation = found.operation;
      if (!exchange.path.startsWith('/health/')) {
        shedding.enter();
        entered = true;
      }
      await requestPath(req, res, exchange, found);
    } catch (error) {
      const problem = toProblem(error);
      if (problem.status >= 500) onFault(error, exchange);
      for (const name of res.getHeaderNames()) res.removeHeader(name);
      sendProblem(res, exchange, problem, publicUrl);
    } finally {
      if (entered) shedding.leave();
    }
  }

  async function serveDocs(req: Request, res: Response, exchange: Exchange): Promise<void> {
    if (docs && req.method === 'GET') {
      const policy = ofPages.find(({ prefix }) => req.url.startsWith(prefix))?.headers ?? ofAllPages;
      writeAhead(res, [...policy, 'X-Request-Id', exchange.requestId]);
      await new Promise<void>((resolve, reject) => {
        res.once('close', resolve);
        docs(req, res, (error?: unknown) => (error ? reject(error) : resolve()));
      });
      if (res.headersSent) return;
    }
    throw httpProblems.route_not_found('There is nothing at this address');
  }

  return (req, res) => {
    const requestId = requestIdOf(req);
    const { url } = req;
    const mark = url.indexOf('?');
    const path = mark === -1 ? url : url.slice(0, mark);
    const exchange = openExchange(req, {
      requestId,
      startedAtMs: performance.now(),
      method: req.method,
      path: path.startsWith('/api/') ? path.slice(4) : path,
      rawQuery: mark === -1 ? '' : url.slice(mark + 1),
      operation: undefined,
      principal: undefined,
      recheck: undefined,
      headers: [...(req.headers.origin === undefined ? standing : crossOrigin), requestId],
      problemCode: undefined,
    });
    // What the router of Express sets at its entrance, and the validator and the documentation read.
    req.originalUrl ??= url;
    req.baseUrl ??= '';
    res.on('close', finish);
    // A HEAD request is answered like its GET; Node leaves out the body, as it decided when it made the response.
    if (req.method === 'HEAD') req.method = 'GET';
    return serve(req, res, exchange);
  };
}

/** For answers that others write: sets headers one by one, so that theirs come on top. */
function writeAhead(res: Response, headers: string[]): Response {
  for (let at = 0; at < headers.length; at += 2) res.setHeader(headers[at] as string, headers[at + 1] as string);
  return res;
}
