import http from 'node:http';
import { vi } from 'vitest';

export type Message = { id: string; event: string; data: { id: string; name: string } };

/** A stream of server-sent events that is being read, with the messages so far. Of a refusal, its status and text. */
export async function openStream(url: string, appId: string, headers: Record<string, string>) {
  const request = http.get(`${url}/v1/apps/${appId}/events/stream`, { headers, agent: false });
  const response = await new Promise<http.IncomingMessage>((resolve, reject) => request.once('response', resolve).once('error', reject));
  const state = { text: '', isOver: false };
  response.setEncoding('utf8');
  response.on('data', (chunk: string) => {
    state.text += chunk;
  });
  response.on('error', () => undefined);
  response.on('close', () => {
    state.isOver = true;
  });
  const messages = () => state.text.split('\n\n').slice(0, -1).flatMap(messageOf);
  return {
    status: response.statusCode,
    headers: response.headers,
    response,
    messages,
    text: () => state.text,
    /** Resolves with the messages when there are so many. */
    untilMessages: (count: number) =>
      vi.waitFor(
        () => {
          const all = messages();
          if (all.length < count) throw new Error(`${all.length} of ${count} messages came: ${state.text}`);
          return all;
        },
        { timeout: 15_000, interval: 20 },
      ),
    /** Resolves when the server has ended it. */
    untilOver: () =>
      vi.waitFor(
        () => {
          if (!state.isOver) throw new Error('the stream goes on');
        },
        { timeout: 20_000, interval: 20 },
      ),
    close: () => request.destroy(),
  };
}

function messageOf(block: string): Message[] {
  const fields = new Map(block.split('\n').map((line) => [line.slice(0, line.indexOf(': ')), line.slice(line.indexOf(': ') + 2)]));
  const [id, event, data] = [fields.get('id'), fields.get('event'), fields.get('data')];
  return id === undefined || event === undefined || data === undefined ? [] : [{ id, event, data: JSON.parse(data) }];
}
