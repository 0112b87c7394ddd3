import { isDeepStrictEqual } from 'node:util';
import type { AuditNote } from '@appstead/contract';
import type { Transaction } from '@appstead/database';
import { v7 as uuidv7 } from 'uuid';
import type { TenantPrincipal } from '../principal.ts';
import type { Actor } from './context.ts';

const secret = /(secret|password|credentials|token|api_key|^key)$/;

/** A principal as the actor of what it writes. */
export function actorOf(principal: TenantPrincipal): Actor {
  return { organizationId: principal.organizationId, type: principal.kind, id: principal.id, name: principal.name };
}

/** Writes the entry of one write, in its transaction. `action` is the contract's `x-audit`; its first word is the resource type. */
export function recordAudit(
  tx: Transaction,
  actor: Actor,
  action: string,
  note: Exclude<AuditNote, null>,
  request: { requestId: string; now: Date },
): void {
  tx.send({
    name: 'insert_audit_event',
    text: `INSERT INTO audit_events (organization_id, id, action, actor_type, actor_id, actor_name, resource_type, resource_id, changes, request_id, created_at)
      VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
    values: [
      actor.organizationId,
      uuidv7(),
      action,
      actor.type,
      actor.id,
      actor.name,
      action.split('.')[0],
      note.resourceId,
      JSON.stringify(changesOf(note.before ?? {}, note.after ?? {})),
      request.requestId,
      request.now.toISOString(),
    ],
  });
}

/** The fields that differ, as `{ field: { before, after } }`. Of a secret only that it changed is kept. */
export function changesOf(before: object, after: object): Record<string, { before: unknown; after: unknown }> {
  const changes: Record<string, { before: unknown; after: unknown }> = {};
  const was = before as Record<string, unknown>;
  const is = after as Record<string, unknown>;
  for (const field of new Set([...Object.keys(was), ...Object.keys(is)])) {
    const [previous, next] = [was[field] ?? null, is[field] ?? null];
    if (field === 'updated_at' || isDeepStrictEqual(previous, next)) continue;
    const shown = (value: unknown) => (value !== null && secret.test(field) ? '[redacted]' : value);
    changes[field] = { before: shown(previous), after: shown(next) };
  }
  return changes;
}
