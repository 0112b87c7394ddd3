import type { ServerResponse } from 'node:http';
import type { IndexedOperation } from './contract-index.ts';
import type { Answer } from './idempotency.ts';

/** Writes a success reply with the content type of the contract. Text bodies go out as they are, everything else as JSON. */
export function sendReply(res: ServerResponse, operation: IndexedOperation, answer: Answer): void {
  const text = typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body);
  for (const [name, value] of Object.entries(answer.headers ?? {})) res.setHeader(name, value);
  const type = operation.replyType.startsWith('text/') ? `${operation.replyType}; charset=utf-8` : operation.replyType;
  res.writeHead(answer.status, { 'Content-Type': type, 'Content-Length': Buffer.byteLength(text), 'Cache-Control': 'no-store' });
  res.end(text);
}
