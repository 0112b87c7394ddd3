import { lookUp, type Queryable, tenantSelect } from '@appstead/database';
import type { Position } from '../../paging/page.ts';

export type MessageStatus = 'kept' | 'queued' | 'sent' | 'failed';

/** The least role whose bearers may read a message; both may read those of `admin`. */
export type Reader = 'admin' | 'owner';

/** `body` is a sealed text. */
export type MessageRow = { id: string; recipient: string; subject: string; body: string; status: MessageStatus; created_at: string };

type NewMessage = Omit<MessageRow, 'created_at'> & { leastRole: Reader; now: string };

export async function insert(tx: Queryable, organizationId: string, message: NewMessage): Promise<void> {
  const { id, recipient, subject, body, leastRole, status, now } = message;
  await tx.query({
    text: `INSERT INTO messages (organization_id, id, recipient, subject, body, least_role, status, next_attempt_at, created_at)
      VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8)`,
    values: [organizationId, id, recipient, subject, body, leastRole, status, now],
  });
}

/** Those that one of the roles may read, the newest first, from just after a position. */
export async function list(
  db: Queryable,
  organizationId: string,
  readers: Reader[],
  after: Position | undefined,
  limit: number,
): Promise<MessageRow[]> {
  const text = `SELECT messages.id, messages.recipient, messages.subject, messages.body, messages.status, messages.created_at
    FROM messages
    WHERE messages.organization_id = tenant.id AND messages.least_role = ANY ($2)
      AND ($3::timestamptz IS NULL OR (messages.created_at, messages.id) < ($3, $4::uuid))
    ORDER BY messages.created_at DESC, messages.id DESC LIMIT $5`;
  const values = [readers, after?.[0] ?? null, after?.[1] ?? null, limit];
  return (await db.query<MessageRow>(tenantSelect(organizationId, { name: 'list_messages', text, values }))).rows;
}

/** Messages of any organization whose time to be sent has come, the longest waiting first. */
export async function listDue(db: Queryable, now: string, limit: number): Promise<{ organization_id: string; id: string }[]> {
  const text = `SELECT messages.organization_id, messages.id FROM messages
    WHERE lookup.secret IS NOT NULL AND messages.status = 'queued' AND messages.next_attempt_at <= $2
    ORDER BY messages.next_attempt_at LIMIT $3`;
  const statement = lookUp('every due message', { name: 'list_due_messages', text, values: [now, limit] });
  return (await db.query<{ organization_id: string; id: string }>(statement)).rows;
}

export type ClaimedMessage = Pick<MessageRow, 'recipient' | 'subject' | 'body'> & { attempts: number };

/**
 * Takes a due message for one attempt, so that no other process sends it as well: it is due again at `nextAttemptAt(attempts)`, which is also
 * what happens when this process dies. Undefined when somebody else took it.
 */
export async function claim(
  tx: Queryable,
  organizationId: string,
  id: string,
  now: string,
  nextAttemptAt: (attempts: number) => string,
): Promise<ClaimedMessage | undefined> {
  const { rows } = await tx.query<ClaimedMessage>({
    text: `SELECT messages.recipient, messages.subject, messages.body, messages.attempts + 1 AS attempts FROM messages
      WHERE messages.organization_id = $1 AND messages.id = $2 AND messages.status = 'queued' AND messages.next_attempt_at <= $3
      FOR UPDATE SKIP LOCKED`,
    values: [organizationId, id, now],
  });
  const [claimed] = rows;
  if (!claimed) return undefined;
  await tx.query({
    text: 'UPDATE messages SET attempts = $3, next_attempt_at = $4 WHERE organization_id = $1 AND id = $2',
    values: [organizationId, id, claimed.attempts, nextAttemptAt(claimed.attempts)],
  });
  return claimed;
}

export async function settle(tx: Queryable, organizationId: string, id: string, status: 'sent' | 'failed'): Promise<void> {
  await tx.query({
    text: 'UPDATE messages SET status = $3 WHERE organization_id = $1 AND id = $2',
    values: [organizationId, id, status],
  });
}
