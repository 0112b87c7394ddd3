import type { Agent, Dispatcher } from 'undici';
import { AllowList } from './allow-list.ts';
import { checkUrl } from './check-url.ts';
import { classify, EgressError } from './egress-error.ts';
import { readBounded } from './read-bounded.ts';
import { type ResolveHost, resolveHost } from './resolve-host.ts';

export type OutgoingRequest = {
  url: string;
  method: 'GET' | 'POST';
  headers?: Record<string, string>;
  body?: string | Buffer;
  /** For everything: names, connections, redirects and the last byte of the answer. */
  deadlineMs: number;
  /** How much of the answer is read, unpacked. */
  bytesMax: number;
  /** A longer answer is an error instead of being cut off. */
  isWhole?: boolean;
  /** How many redirects of a GET are followed, each checked like the first URL. At most 3; default: none, and a 3xx is an answer like others. */
  redirectsMax?: number;
  signal?: AbortSignal;
};

export type IncomingResponse = {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: Buffer;
  /** The answer went on after `body`. */
  isCut: boolean;
  /** Where the answer came from, after redirects. */
  url: string;
};

const redirectsLimit = 3;
const redirectStatuses = new Set([301, 302, 303, 307, 308]);

/**
 * The only way out of the server for URLs that users chose. Reaches the Internet and what the allow-list names, on the usual ports, with no
 * proxy of the environment in between; no credential is sent but in the headers that are given.
 */
export class GuardedSender {
  private readonly allow: AllowList;
  private readonly resolve: ResolveHost;
  private agent: Promise<Agent> | undefined;

  constructor({ allow = AllowList.parse(''), resolve = resolveHost }: { allow?: AllowList; resolve?: ResolveHost } = {}) {
    this.allow = allow;
    this.resolve = resolve;
  }

  /** Loads what sends, which no start has to wait for. Called after it, so that the first request has not either. */
  load(): Promise<Agent> {
    this.agent ??= import('./guarded-agent.ts').then(({ createGuardedAgent }) => createGuardedAgent(this.allow, this.resolve));
    return this.agent;
  }

  /** Throws RefusedUrl when no request to this URL could ever be made. Names are not resolved: that happens with each request. */
  check(url: string): void {
    checkUrl(url, this.allow);
  }

  /** Sends a request. Rejects with EgressError, or with the reason of `signal` when that is aborted. */
  async send(request: OutgoingRequest): Promise<IncomingResponse> {
    const { signal, deadlineMs } = request;
    signal?.throwIfAborted();
    const ending = new AbortController();
    const timer = setTimeout(() => ending.abort(new EgressError('timeout')), deadlineMs);
    const pass = () => ending.abort(signal?.reason);
    signal?.addEventListener('abort', pass, { once: true });
    try {
      return await this.follow(request, ending.signal);
    } catch (error) {
      if (!ending.signal.aborted) throw classify(error);
      throw ending.signal.reason;
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', pass);
    }
  }

  private async follow(request: OutgoingRequest, signal: AbortSignal): Promise<IncomingResponse> {
    const { method, bytesMax, isWhole = false } = request;
    const redirectsMax = method === 'GET' ? Math.min(request.redirectsMax ?? 0, redirectsLimit) : 0;
    let { url } = checkUrl(request.url, this.allow);
    for (let redirects = 0; ; redirects++) {
      const response = await this.exchange(url, redirects === 0 ? request : withoutCredentials(request), signal);
      const { statusCode: status, headers } = response;
      const isRedirect = redirectsMax > 0 && redirectStatuses.has(status) && typeof headers.location === 'string';
      const encoding = [headers['content-encoding']].flat().join(',');
      const { bytes, isCut } = await readBounded(response.body, encoding, isRedirect ? 0 : bytesMax, isWhole && !isRedirect);
      if (!isRedirect) return { status, headers, body: bytes, isCut, url: url.href };
      if (redirects >= redirectsMax || !URL.canParse(headers.location as string, url.href)) throw new EgressError('redirects');
      url = checkUrl(new URL(headers.location as string, url), this.allow).url;
    }
  }

  private async exchange(url: URL, { method, headers = {}, body }: OutgoingRequest, signal: AbortSignal): Promise<Dispatcher.ResponseData> {
    const agent = await this.load();
    return agent.request({
      origin: url.origin,
      path: url.pathname + url.search,
      method,
      headers: { 'accept-encoding': 'identity', ...headers },
      body: body ?? null,
      signal,
    });
  }

  /** Ends every connection, and what still runs on it. */
  async close(): Promise<void> {
    await (await this.agent)?.destroy();
  }
}

/** After a redirect the answering host is another's choice: it gets nothing that was meant for the first. */
function withoutCredentials(request: OutgoingRequest): OutgoingRequest {
  const kept = Object.entries(request.headers ?? {}).filter(([name]) => !/^(authorization|cookie|x-api-key)$/i.test(name));
  return { ...request, headers: Object.fromEntries(kept) };
}
