import { randomUUID } from 'node:crypto';
import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Contract, type Operation, readContract } from '../contract.ts';
import { createValidators } from '../validators.ts';
import type { Defect } from './defects.ts';
import { fakeContract } from './fake-contract.ts';
import { authenticate } from './fake-credentials.ts';
import { parseBody, Refusal, readBody, validate } from './fake-request.ts';
import { type Call, type Caller, createStore, handlers, type Reply, type Store } from './fake-things.ts';

/** A server that keeps the contract of things, but for the defects it is told to have. */
export type FakeServer = { url: string; store: Store; faults: Map<string, 'crash' | 'database-away'>; close(): Promise<void> };

export async function startFakeServer(defects: Defect[] = []): Promise<FakeServer> {
  const has = (defect: Defect) => defects.includes(defect);
  const contract = readContract(fakeContract());
  const validators = createValidators(contract.document);
  const store = createStore();
  const faults: FakeServer['faults'] = new Map();
  const tickets = new Map<string, number>();
  const arrivals = new Map<string, () => void>();

  const server = http.createServer(async (request, response) => {
    const requestId = String(request.headers['x-request-id'] ?? randomUUID());
    response.setHeader('x-request-id', has('another request id than the one sent') ? randomUUID() : requestId);
    let reply: Reply & { places?: string[] };
    try {
      reply = await answer(request, requestId, response);
    } catch (error) {
      if (error instanceof Refusal) reply = error.reply;
      else reply = { status: 500, code: 'fault' };
    }
    send(request, response, requestId, reply);
  });

  async function answer(request: IncomingMessage, requestId: string, response: ServerResponse): Promise<Reply> {
    const url = new URL(request.url ?? '/', 'http://fake');
    const path = has('no answer below the prefix') ? url.pathname : url.pathname.replace(/^\/api(?=\/)/, '');
    const found = route(contract, request.method === 'HEAD' ? 'get' : (request.method ?? '').toLowerCase(), path);
    if (path === '/v1/key' && has('a path the contract does not have')) return { status: 200, body: { success: true } };
    if (found.allowed.length === 0) return { status: 404, code: 'not_found' };
    const { operation } = found;
    if (!operation) {
      response.setHeader('allow', has('an Allow header that lies') ? 'GET, PUT' : found.allowed.join(', ').toUpperCase());
      return has('another method answered with 404') ? { status: 404, code: 'not_found' } : { status: 405, code: 'method_not_allowed' };
    }
    if (operation.rateLimit) limit(request, response, operation.rateLimit.limit);
    const caller = authenticate(store, request, operation, has);
    const text = await readBody(request, operation);
    if (text.includes('unexpected_property') && has('a refused request that is stored'))
      handlers.createThing?.({ ...callOf(request, caller), body: {} }, store, has);
    if (has('an audit entry for a refused request') && url.searchParams.has('unexpected_parameter'))
      store.audit.push({ requestId, action: operation.audit ?? 'odd' });
    const body = operation.body ? parseBody(text, has) : undefined;
    const query = validate(
      contract,
      validators,
      operation,
      { path: found.path, query: url.searchParams, headers: request.headers, text, body },
      has,
    );
    const fault = faults.get(operation.id);
    if (fault) return fault === 'crash' ? { status: 500, code: 'fault' } : { status: 503, code: 'away' };
    const call = { ...callOf(request, caller), path: found.path, query, body: (body ?? {}) as Record<string, unknown> };
    return once(operation, call, requestId);
  }

  /** Runs the operation, or gives the stored answer of an earlier request with the same key. */
  async function once(operation: Operation, call: Call, requestId: string): Promise<Reply> {
    const key = call.headers['idempotency-key'];
    if (!key || !operation.parameters.some(({ name }) => name === 'Idempotency-Key') || has('a repeated key that acts again'))
      return act(operation, call, requestId);
    const name = `${has('a key shared by two organizations') ? '' : call.caller.organization} ${operation.id} ${key.replaceAll('"', '')}`;
    if (store.running.has(name) && !has('two effects of requests at once')) return { status: 409, code: 'conflict' };
    const print = JSON.stringify([call.path, call.body]);
    const before = store.answers.get(name);
    if (before && before.print !== print && !has('a reused key answered with the old answer')) return { status: 422, code: 'key_reused' };
    if (before)
      return {
        ...before.reply,
        headers: { ...before.reply.headers, ...(has('a replay that does not say so') ? {} : { 'idempotent-replayed': 'true' }) },
      };
    store.running.add(name);
    if (has('two effects of requests at once')) await anotherCame(name);
    const reply = act(operation, call, requestId);
    store.running.delete(name);
    if (reply.status < 300) store.answers.set(name, { print, reply });
    return reply;
  }

  /** Resolves when two requests with that key are here, or no second one comes. */
  function anotherCame(name: string): Promise<void> {
    const waiting = arrivals.get(name);
    arrivals.delete(name);
    waiting?.();
    if (waiting) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, 200);
      arrivals.set(name, () => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  function act(operation: Operation, call: Call, requestId: string): Reply {
    const reply = handlers[operation.id]?.(call, store, has) ?? { status: 404, code: 'not_found' };
    const written = operation.audit ?? (has('an audit entry for a read') ? 'thing.read' : undefined);
    if (reply.status >= 300 || !written || (operation.audit && has('a write without an audit entry'))) return reply;
    store.audit.push({ requestId, action: written });
    if (operation.audit && has('a write with two audit entries')) store.audit.push({ requestId, action: written });
    return reply;
  }

  function limit(request: IncomingMessage, response: ServerResponse, most: number): void {
    const address = request.socket.remoteAddress ?? '';
    const count = (tickets.get(address) ?? 0) + 1;
    tickets.set(address, count);
    response.setHeader('ratelimit-policy', `"tickets";q=${most};w=60`);
    if (count > most && !has('a limit that never limits')) throw new Refusal(429, 'rate_limited');
  }

  function send(
    request: IncomingMessage,
    response: ServerResponse,
    requestId: string,
    { status, body, headers, code, places = [] }: Reply & { places?: string[] },
  ): void {
    request.resume();
    const problem = {
      success: false,
      status,
      code: has('an error code nobody declared') ? 'odd' : code,
      title: code,
      detail: code,
      error: code,
      errors: places.map((location) => ({ location })),
      request_id: requestId,
    };
    const plain = status >= 400 && has('an error as plain text');
    const text = plain ? 'error' : JSON.stringify(status >= 400 ? problem : body);
    const type = plain ? 'text/plain' : status >= 400 ? 'application/problem+json' : 'application/json';
    if (status === 401 && !has('401 without a challenge')) response.setHeader('www-authenticate', 'Bearer');
    const isHead = request.method === 'HEAD';
    response.writeHead(status, { ...headers, 'content-type': isHead && has('HEAD with other headers than GET') ? 'text/plain' : type });
    response.end(isHead ? undefined : text);
  }

  await new Promise<void>((resolve) => server.listen(0, '0.0.0.0', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    store,
    faults,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function route(
  contract: Contract,
  method: string,
  path: string,
): { operation?: Operation; allowed: string[]; path: Record<string, string> } {
  const matching = contract.operations.filter((operation) => new RegExp(`^${operation.path.replace(/\{[^}]+\}/g, '[^/]+')}$`).test(path));
  const operation = matching.find((each) => each.method === method);
  const id = path.split('/')[3];
  return {
    operation,
    allowed: matching.map((each) => each.method),
    path: operation?.path.includes('{thing_id}') && id ? { thing_id: decodeURIComponent(id) } : {},
  };
}

function callOf(request: IncomingMessage, caller: Caller): Call {
  return { caller, path: {}, query: {}, headers: request.headers as Record<string, string>, body: {} };
}
