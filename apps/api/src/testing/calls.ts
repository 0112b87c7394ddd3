import { randomUUID } from 'node:crypto';

// biome-ignore lint/suspicious/noExplicitAny: the tests here look at a field or two; the contract tests check the shape.
export type Answer = { status: number; headers: Headers; body: any };

/** One request with a key. Rejects when the connection ends before the whole answer is there. */
export async function send(url: string, key: string | undefined, init: RequestInit = {}): Promise<Answer> {
  const headers = { ...(key === undefined ? {} : { 'X-API-Key': key }), 'Content-Type': 'application/json' };
  const response = await fetch(url, { ...init, headers: { ...headers, ...(init.headers as Record<string, string>) } });
  return { status: response.status, headers: response.headers, body: JSON.parse(await response.text()) };
}

/** A request to create an app as one writer sent it, and what came of it: the id, or nothing when no answer came. */
export type Write = { name: string; requestId: string; idempotencyKey: string; id?: string; status?: number };

/**
 * Writers that create apps one after the other over kept connections, each until its first request without an answer. `onAnswer` hears every
 * answer. Resolves with all writes when the last writer has ended.
 */
export async function createAppsUntilGone(
  url: string,
  key: string,
  writers: number,
  onAnswer: (answered: number) => void,
): Promise<Write[]> {
  const writes: Write[] = [];
  let answered = 0;
  const write = async (writer: number) => {
    for (let n = 0; ; n++) {
      const sent: Write = { name: `app ${writer}-${n}-${randomUUID()}`, requestId: randomUUID(), idempotencyKey: randomUUID() };
      writes.push(sent);
      try {
        const { status, body } = await createApp(url, key, sent);
        Object.assign(sent, { status, id: body.app?.id });
      } catch {
        return;
      }
      onAnswer(++answered);
    }
  };
  await Promise.all(Array.from({ length: writers }, (_, writer) => write(writer)));
  return writes;
}

export function createApp(url: string, key: string, { name, requestId, idempotencyKey }: Write): Promise<Answer> {
  return send(`${url}/v1/apps`, key, {
    method: 'POST',
    body: JSON.stringify({ name }),
    headers: { 'X-Request-Id': requestId, 'Idempotency-Key': idempotencyKey },
  });
}

/** The id and name of every app of the organization. */
export async function listApps(url: string, key: string): Promise<{ id: string; name: string }[]> {
  const apps: { id: string; name: string }[] = [];
  for (let cursor: string | null = null; ; ) {
    const { status, body } = await send(`${url}/v1/apps?limit=200${cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`}`, key);
    if (status !== 200) throw new Error(`listApps answered ${status}: ${JSON.stringify(body)}`);
    apps.push(...body.apps);
    cursor = body.meta.cursor;
    if (cursor === null) return apps;
  }
}
