import { expect } from 'vitest';

// biome-ignore lint/suspicious/noExplicitAny: tests look at bodies of every operation, right and wrong; the contract tests check their shape.
export type Answer = { status: number; headers: Headers; body: any; text: string };

type Sent = { method?: string; key?: string; body?: unknown; raw?: string | Uint8Array; headers?: Record<string, string> };

/** Sends one request over HTTP and reads the answer. `body` goes out as JSON, `raw` as it is. */
export async function call(url: string, path: string, { method, key, body, raw, headers = {} }: Sent = {}): Promise<Answer> {
  const payload = raw ?? (body === undefined ? undefined : JSON.stringify(body));
  const response = await fetch(`${url}${path}`, {
    method: method ?? (payload === undefined ? 'GET' : 'POST'),
    headers: {
      ...(key ? { Authorization: `Bearer ${key}` } : {}),
      ...(payload === undefined ? {} : { 'Content-Type': 'application/json' }),
      ...headers,
    },
    ...(payload === undefined ? {} : { body: payload as NonNullable<RequestInit['body']> }),
    redirect: 'manual',
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    text,
    body: text !== '' && /json/.test(response.headers.get('content-type') ?? '') ? JSON.parse(text) : undefined,
  };
}

/** Expects a problem with a code, its status and the form every problem has. */
export function expectProblem(answer: Answer, status: number, code: string): void {
  expect({ status: answer.status, code: answer.body?.code, type: answer.headers.get('content-type') }).toEqual({
    status,
    code,
    type: 'application/problem+json',
  });
  expect(answer.body).toMatchObject({ success: false, status, error: answer.body.detail, request_id: answer.headers.get('x-request-id') });
}
