import type { ServerResponse } from 'node:http';
import type { IndexedOperation } from './contract-index.ts';
import type { Exchange } from './exchange.ts';
import type { Answer } from './idempotency.ts';
import { isStream, startStream } from './send-stream.ts';

/**
 * Writes a success reply with the content type of the contract. Text bodies go out as they are, everything else as JSON. Of a stream this
 * begins the reply, which then goes on by itself.
 */
export function sendReply(res: ServerResponse, exchange: Exchange, operation: IndexedOperation, answer: Answer): void {
  if (isStream(answer.body)) {
    startStream(res, exchange, answer.status, operation.replyType, answer.body);
    return;
  }
  send(
    res,
    exchange,
    answer.status,
    operation.replyType,
    typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body),
    answer.headers,
  );
}

/** The one way out for bodies made here: one call with all headers, which Node writes without looking at each again. */
export function send(
  res: ServerResponse,
  exchange: Exchange,
  status: number,
  type: string,
  text: string,
  headers?: Record<string, string>,
): void {
  const all = [...exchange.headers, 'Content-Type', type, 'Content-Length', String(Buffer.byteLength(text)), 'Cache-Control', 'no-store'];
  if (headers !== undefined) for (const name in headers) all.push(name, headers[name] as string);
  res.writeHead(status, all);
  const { socket } = res;
  // An answer that waits for those before it on its connection.
  if (socket === null) return void res.end(text);
  // Given to `end`, the text would leave as two pieces, it with the head and an empty one, which costs an eighth of a small request.
  socket.cork();
  res.write(text);
  socket.uncork();
  res.end();
}
