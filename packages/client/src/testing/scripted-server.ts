import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';

/** What the server does with one request. */
export type Step = (response: ServerResponse) => void;

export type Received = { method: string; url: string; headers: IncomingHttpHeaders; body: string };

/** A real HTTP server that answers its requests step by step as scripted, and remembers them. */
export type ScriptedServer = {
  baseUrl: string;
  received: Received[];
  /** Resolves once as many requests have come in. */
  hasReceived: (count: number) => Promise<void>;
};

/** Listens until the running test is over. A request beyond the script gets a 500 that no client repeats. */
export async function startScriptedServer(...script: Step[]): Promise<ScriptedServer> {
  const received: Received[] = [];
  const waiting: { count: number; resolve: () => void }[] = [];
  const server = createServer(async (request, response) => {
    const step = script[received.length] ?? reply(500, problem('internal_error', 500, 'beyond the script'));
    const { method = '', url = '', headers } = request;
    const index = received.push({ method, url, headers, body: '' }) - 1;
    received[index] = { method, url, headers, body: await text(request) };
    step(response);
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
    hasReceived: (count) =>
      received.length >= count ? Promise.resolve() : new Promise<void>((resolve) => waiting.push({ count, resolve })),
  };
}

/** Answers with a JSON body; an error with the media type of a problem. */
export function reply(status: number, body: object, headers: Record<string, string> = {}): Step {
  const type = status < 400 ? 'application/json' : 'application/problem+json';
  return (response) => response.writeHead(status, { 'Content-Type': type, ...headers }).end(JSON.stringify(body));
}

/** Answers with a body as it is. */
export function replyRaw(status: number, headers: Record<string, string>, body = ''): Step {
  return (response) => response.writeHead(status, headers).end(body);
}

/** Says nothing, ever. */
export const hang: Step = () => {};

/** Ends the connection without an answer. */
export const drop: Step = (response) => response.destroy();

/** Sends half of a body and then ends the connection. */
export const breakOff: Step = (response) => {
  response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': '1000' });
  response.write('{"success": true, ', () => response.destroy());
};

/** Sends half of a body and no more. */
export const stall: Step = (response) => {
  response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': '1000' });
  response.write('{"success": true, ');
};

/** A problem as the contract has it. */
export function problem(code: string, status: number, detail = code) {
  return {
    success: false,
    type: `http://localhost:3000/problems/${code}`,
    title: code,
    status,
    detail,
    code,
    errors: [] as { location: string; message: string; rule: string }[],
    request_id: '01939f5c-9b21-7000-8000-000000000001',
    error: detail,
  };
}
