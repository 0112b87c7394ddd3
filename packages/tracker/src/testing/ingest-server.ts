import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';

// biome-ignore lint/suspicious/noExplicitAny: bodies as they were sent; their shape has a test of its own.
type Body = any;
export type Received = { method: string; path: string; headers: IncomingHttpHeaders; body: Body; bytes: number };

/** What the server does with one request instead of taking it in. */
export type Step = (response: ServerResponse, request: Received) => void;

/** An HTTP server that takes in events and identifications as Appstead does, after it has answered as many requests as the script has steps. */
export async function startIngestServer(...script: Step[]) {
  const received: Received[] = [];
  const accepted = new Map<string, Body>();
  const identified: Body[] = [];
  const waiting: { count: number; resolve: () => void }[] = [];

  const takeIn: Step = (response, request) => {
    const { path, body } = request;
    if (path === '/v1/identify') {
      identified.push(body);
      const user = { user_id: body.user_id, claimed: body.anonymous_id !== undefined };
      return reply(200, { success: true, user })(response, request);
    }
    const fresh = body.events.filter(({ id }: { id: string }) => !accepted.has(id));
    for (const event of fresh) accepted.set(event.id, event);
    const duplicates = body.events.length - fresh.length;
    reply(200, { success: true, accepted: fresh.length, duplicates, rejected: [] })(response, request);
  };
  const server = createServer(async (request, response) => {
    const { method = '', url = '', headers } = request;
    const sent = await text(request);
    const whole = { method, path: url, headers, body: JSON.parse(sent), bytes: Buffer.byteLength(sent) };
    const step = script[received.push(whole) - 1] ?? takeIn;
    step(response, whole);
    for (const { count, resolve } of waiting) if (received.length >= count) resolve();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    /** Every event that was taken in, once, in the order of arrival. */
    events: (): Body[] => [...accepted.values()],
    names: () => [...accepted.values()].map(({ name }) => name),
    identified,
    /** Resolves once as many requests have come in. */
    hasReceived: (count: number) =>
      received.length >= count ? Promise.resolve() : new Promise<void>((resolve) => waiting.push({ count, resolve })),
  };
}

/** Answers with a JSON body; an error with the media type of a problem. */
export function reply(status: number, body: object, headers: Record<string, string> = {}): Step {
  const type = status < 400 ? 'application/json' : 'application/problem+json';
  return (response) => response.writeHead(status, { 'Content-Type': type, ...headers }).end(JSON.stringify(body));
}

/** Answers with a problem. */
export function refuse(status: number, code: string, headers: Record<string, string> = {}): Step {
  return reply(status, { success: false, status, code, detail: `because of ${code}` }, headers);
}

/** Answers as a proxy or a network with a sign-in page would. */
export function replyPage(status: number): Step {
  return (response) => response.writeHead(status, { 'Content-Type': 'text/html' }).end('<h1>Hello</h1>');
}

/** Says nothing, ever. */
export const hang: Step = () => {};

/** Ends the connection without an answer. */
export const drop: Step = (response) => response.destroy();
