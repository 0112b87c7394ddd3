import { randomUUID } from 'node:crypto';
import { openDatabase } from '@appstead/database';
import { send } from './calls.ts';

/** A batch as one client sent it, and what came of it: nothing when no answer came. */
export type Sent = { ids: string[]; accepted?: number; duplicates?: number; status?: number };

export async function sendBatch(url: string, key: string, sent: Sent): Promise<void> {
  const events = sent.ids.map((id, n) => ({ name: `event ${n % 5}`, id, user_id: `user ${n % 20}` }));
  const { status, body } = await send(`${url}/v1/ingest`, key, { method: 'POST', body: JSON.stringify({ events }) });
  Object.assign(sent, { status, accepted: body.accepted, duplicates: body.duplicates });
}

/** Clients that send batches of 1, 10 and 100 events, each until its first batch without an answer. Resolves with all batches. */
export async function sendUntilGone(url: string, key: string, clients: number, onAnswer: (answered: number) => void): Promise<Sent[]> {
  const batches: Sent[] = [];
  let answered = 0;
  const client = async (n: number) => {
    for (;;) {
      const sent: Sent = { ids: Array.from({ length: [1, 10, 100][n % 3] ?? 1 }, () => randomUUID()) };
      batches.push(sent);
      try {
        await sendBatch(url, key, sent);
      } catch {
        return;
      }
      onAnswer(++answered);
    }
  };
  await Promise.all(Array.from({ length: clients }, (_, n) => client(n)));
  return batches;
}

/** What is stored of one organization, read from the database of a server that has stopped. */
export async function storedEvents(env: Record<string, string>, organizationId: string) {
  const db = await openDatabase(env.DATABASE_URL ? { databaseUrl: env.DATABASE_URL } : { dataDir: `${env.DATA_DIR}/database` });
  try {
    return await db.transact(organizationId, async (tx) => {
      const { rows: events } = await tx.query<{ id: string }>({ text: 'SELECT id FROM events' });
      const { rows: sums } = await tx.query<{ ids: number; counts: number; total: number; cached: number }>({
        text: `SELECT (SELECT count(*) FROM event_ids) AS ids, (SELECT sum(events)::bigint FROM event_counts) AS counts,
          (SELECT sum(events)::bigint FROM app_counters) AS total, (SELECT sum(cached_event_count)::bigint FROM apps) AS cached`,
      });
      return { ids: events.map(({ id }) => id), sums: sums[0] };
    });
  } finally {
    await db.close();
  }
}
