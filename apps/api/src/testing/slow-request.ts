import { connect, type Socket } from 'node:net';

/** A request over a socket of its own whose last bytes are held back: it has been accepted and cannot be answered until `finish`. */
export type SlowRequest = {
  /** Sends the rest; resolves with everything the server wrote when it has closed the connection. */
  finish(): Promise<string>;
  /** Resolves when the server, or its end, has closed the connection. */
  closed: Promise<string>;
};

/** Sends `text` except its last `heldBack` characters. Resolves when the bytes are on their way. */
export async function beginRequest(url: string, text: string, heldBack: number): Promise<SlowRequest> {
  const { hostname, port } = new URL(url);
  const socket: Socket = connect(Number(port), hostname);
  let answer = '';
  socket.setEncoding('utf8').on('data', (chunk) => {
    answer += chunk;
  });
  const closed = new Promise<string>((resolve) => {
    socket.once('error', () => undefined).once('close', () => resolve(answer));
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    socket.write(text.slice(0, -heldBack), () => resolve());
  });
  return {
    closed,
    finish() {
      socket.write(text.slice(-heldBack));
      return closed;
    },
  };
}

/** A POST of an app, as text on the wire. */
export function createAppText(key: string, name: string): string {
  const body = JSON.stringify({ name });
  return `POST /v1/apps HTTP/1.1\r\nHost: test\r\nX-API-Key: ${key}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
}
