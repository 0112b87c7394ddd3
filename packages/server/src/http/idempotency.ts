import { createHash } from 'node:crypto';
import type { Transaction } from '@appstead/database';
import type { SecretBox } from '../keys/secret-box.ts';
import { httpProblems } from './http-problems.ts';

/** One use of an Idempotency-Key: the caller, the operation, the key, and what the request says. */
export type IdempotentUse = { organizationId: string; principalId: string; operationId: string; key: string; fingerprint: string };

export type Answer = { status: number; headers?: Record<string, string>; body: unknown };

/** How long an answer is kept for its key. */
export const keptMs = 24 * 60 * 60 * 1000;
const running = new Set<string>();

/** The key without its optional quotes: the draft sends a structured-field string, most clients send it bare. */
export function bareKey(header: string): string {
  return header.startsWith('"') ? header.slice(1, -1) : header;
}

/** What makes two requests the same: SHA-256 of path and parsed body. */
export function fingerprintOf(path: string, query: unknown, body: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify([path, query, body ?? null]))
    .digest('hex');
}

/** Runs work unless the same use runs already, in this process; other processes are held off by {@link replayOf}. */
export async function exclusively<T>(use: IdempotentUse, work: () => Promise<T>): Promise<T> {
  const name = nameOf(use);
  if (running.has(name)) throw inProgress();
  running.add(name);
  try {
    return await work();
  } finally {
    running.delete(name);
  }
}

/**
 * The stored answer of an earlier request with the same key, if there is one. 422 when that request was another, 409 while it still runs
 * in another process. Holds the key until the transaction ends.
 */
export async function replayOf(tx: Transaction, use: IdempotentUse, now: Date, box: SecretBox): Promise<Answer | undefined> {
  const [lock, found] = await Promise.all([
    tx.query<{ held: boolean }>({
      name: 'lock_idempotency_key',
      text: 'SELECT pg_try_advisory_xact_lock(hashtextextended($1, 0)) AS held',
      values: [nameOf(use)],
    }),
    // A statement of its own: that of the lock would still read what was there before it.
    tx.query<{ fingerprint: string; answer: string; created_at: string }>({
      name: 'find_idempotency_record',
      text: `SELECT encode(records.fingerprint, 'hex') AS fingerprint, records.answer, records.created_at FROM idempotency_records AS records
        WHERE records.organization_id = $1 AND records.principal_id = $2 AND records.operation_id = $3 AND records.key = $4`,
      values: [use.organizationId, use.principalId, use.operationId, use.key],
    }),
  ]);
  if (!lock.rows[0]?.held) throw inProgress();
  const [record] = found.rows;
  if (!record || Date.parse(record.created_at) <= now.getTime() - keptMs) return undefined;
  if (record.fingerprint !== use.fingerprint)
    throw httpProblems.idempotency_key_reused('This Idempotency-Key was used with another request');
  return JSON.parse(box.open(record.answer, nameOf(use)));
}

/** Stores the answer, in the transaction of the effect: there is never one without the other. */
export function keepAnswer(tx: Transaction, use: IdempotentUse, answer: Answer, now: Date, box: SecretBox): void {
  tx.send({
    name: 'keep_idempotency_record',
    text: `INSERT INTO idempotency_records (organization_id, principal_id, operation_id, key, fingerprint, answer, created_at)
      VALUES ($1, $2, $3, $4, decode($5, 'hex'), $6, $7)
      ON CONFLICT (organization_id, principal_id, operation_id, key)
      DO UPDATE SET fingerprint = excluded.fingerprint, answer = excluded.answer, created_at = excluded.created_at`,
    values: [
      use.organizationId,
      use.principalId,
      use.operationId,
      use.key,
      use.fingerprint,
      box.seal(JSON.stringify(answer), nameOf(use)),
      now.toISOString(),
    ],
  });
}

function nameOf(use: IdempotentUse): string {
  return `idempotency:${use.organizationId}:${use.principalId}:${use.operationId}:${use.key}`;
}

function inProgress() {
  return httpProblems.request_in_progress('A request with this Idempotency-Key still runs', { headers: { 'Retry-After': '1' } });
}
