import { describe, expect, it } from 'vitest';
import { createClient } from './create-client.ts';

const path = { app_id: '01939f5c-9b20-7d66-8b2a-74d9e2f30415' };

/** A stream of server-sent events whose pieces the test writes. */
function stream() {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const writer = writable.getWriter();
  const response = new Response(readable, { headers: { 'Content-Type': 'text/event-stream; charset=utf-8' } });
  return { response, write: (text: string) => writer.write(new TextEncoder().encode(text)) };
}

describe('a stream of events', () => {
  it('is given as it comes, past the time limit, and ends when the caller gives up', async () => {
    const { response, write } = stream();
    let signal: AbortSignal | undefined;
    let passTime = () => {};
    const client = createClient({
      baseUrl: 'http://localhost',
      apiKey: 'apps_key',
      fetch: async (request) => {
        signal = request.signal;
        return response;
      },
      wait: (_ms, until) =>
        new Promise((resolve, reject) => {
          passTime = resolve;
          until?.addEventListener('abort', () => reject(until.reason));
        }),
    });
    const caller = new AbortController();
    const answer = await client.GET('/v1/apps/{app_id}/events/stream', { params: { path }, parseAs: 'stream', signal: caller.signal });
    passTime();
    const reader = answer.data?.getReader();
    for (const text of [': connected\n\n', 'id: 1\n\n']) {
      const written = write(text);
      expect(new TextDecoder().decode((await reader?.read())?.value)).toBe(text);
      await written;
    }
    expect(signal?.aborted).toBe(false);
    caller.abort();
    expect(signal?.aborted).toBe(true);
  });

  it('that is refused is a problem like any other', async () => {
    const problem = {
      success: false,
      type: 'about:blank',
      title: 'App not found',
      status: 404,
      detail: 'no',
      code: 'app_not_found',
      errors: [],
    };
    const client = createClient({
      baseUrl: 'http://localhost',
      apiKey: 'apps_key',
      fetch: async () => Response.json({ ...problem, request_id: '', error: 'no' }, { status: 404 }),
    });
    const { data, error } = await client.GET('/v1/apps/{app_id}/events/stream', { params: { path }, parseAs: 'stream' });
    expect([data, error?.code]).toEqual([undefined, 'app_not_found']);
  });
});
