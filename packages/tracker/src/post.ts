import type { Clock } from './clock.ts';

/** Browsers refuse requests that outlive their page beyond 64 KiB, all running ones together. */
export const keepaliveBytesMax = 60_000;

/** A server that does not answer must not hold the queue. */
const timeoutMs = 30_000;

/** What came back. Without an answer, or with one that cannot have come from the server, the status is 0. */
export type Answer = {
  status: number;
  retryAfter: string | null;
  body: { code?: string; detail?: string; rejected?: { index: number; message: string }[] };
  message: string;
};

export type Post = (path: string, body: string, keepalive: boolean) => Promise<Answer>;

type Options = {
  baseUrl: string;
  appKey: string;
  fetch?: (url: string, init: RequestInit) => Promise<Response>;
  clock: Clock;
};

/** Sends JSON with the app key and reads the answer; never rejects. */
export function createPost({ baseUrl, appKey, fetch, clock }: Options): Post {
  return async (path, body, keepalive) => {
    const limit = new AbortController();
    const cancel = clock.after(timeoutMs, () => limit.abort());
    const answer: Answer = { status: 0, retryAfter: null, body: {}, message: '' };
    try {
      const response = await (fetch ?? globalThis.fetch)(`${baseUrl}/v1/${path}`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', 'X-API-Key': appKey },
        body,
        keepalive,
        signal: limit.signal,
        credentials: 'omit',
        // A redirected POST would become a GET, whose success says nothing.
        redirect: 'error',
      });
      answer.retryAfter = response.headers.get('Retry-After');
      answer.message = `HTTP ${response.status}`;
      // Before the body is read: a refusal is one without it, but a success needs it. Networks with a sign-in page answer 200 to everything.
      if (!response.ok) answer.status = response.status;
      const json = await response.json();
      if (!response.ok || json.success === true)
        Object.assign(answer, { status: response.status, body: json, message: json.detail ?? answer.message });
    } catch (error) {
      answer.message ||= String(error);
    } finally {
      cancel();
    }
    return answer;
  };
}
