import { connect } from 'node:net';
import type { Answer } from './call.ts';

/**
 * Sends bytes as they are over a socket of their own and reads until the server closes it. Resolves with every answer that came back, so
 * that two answers to one request are seen. A request that leaves the connection open must ask for `Connection: close`.
 */
export function sendRaw(port: number, bytes: string | Uint8Array, { thenEnd = false } = {}): Promise<Answer[]> {
  return new Promise((resolve, reject) => {
    const received: Buffer[] = [];
    const socket = connect(port, '127.0.0.1', () => (thenEnd ? socket.end(bytes) : socket.write(bytes)));
    socket.on('data', (chunk) => received.push(chunk));
    // The server may answer and close while bytes are still on their way to it, which fails their sending but not the answer.
    socket.once('error', (error) => received.length === 0 && reject(error));
    socket.once('close', () => resolve(readAnswers(Buffer.concat(received))));
  });
}

/** The head of a request with the headers that every valid one has. */
export function requestHead(line: string, headers: Record<string, string> = {}): string {
  const all = { Host: 'appstead.test', Connection: 'close', ...headers };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${line} HTTP/1.1\r\n${lines.join('')}\r\n`;
}

function readAnswers(bytes: Buffer): Answer[] {
  const answers: Answer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const headEnd = bytes.indexOf('\r\n\r\n', at);
    if (headEnd < 0) throw new Error(`not an answer: ${bytes.subarray(at).toString('latin1')}`);
    const [statusLine = '', ...lines] = bytes.subarray(at, headEnd).toString('latin1').split('\r\n');
    const headers = new Headers(lines.map((line) => line.split(/: ?(.*)/s, 2) as [string, string]));
    const end = headEnd + 4 + Number(headers.get('content-length') ?? 0);
    const text = bytes.subarray(headEnd + 4, end).toString('utf8');
    const body = /json/.test(headers.get('content-type') ?? '') ? JSON.parse(text) : undefined;
    answers.push({ status: Number(statusLine.split(' ')[1]), headers, text, body });
    at = end;
  }
  return answers;
}
