import type { Provocation } from '@appstead/contract-test';
import type { Harness } from './server-harness.ts';

/** Whom an owner may lose their last place to, by operation: as SQL, true of the one who is left an owner. */
const lastOwners: Record<string, string> = {
  // The caller, who is the owner that the organization was made with.
  leaveOrganization: 'users.created_at = (SELECT min(created_at) FROM users AS others WHERE others.organization_id = $1)',
  // The member in the path, who joined last. The caller was let in as an owner, and another owner is faster than them.
  updateMember: 'users.created_at = (SELECT max(created_at) FROM users AS others WHERE others.organization_id = $1 AND removed_at IS NULL)',
  removeMember: 'users.created_at = (SELECT max(created_at) FROM users AS others WHERE others.organization_id = $1 AND removed_at IS NULL)',
};

/** Leaves one owner, just before the next transaction, so that the operation answers 409 `last_owner`. Undefined for other operations. */
export function provokeLastOwner(server: Harness, operationId: string, organizationId: string): Provocation | undefined {
  const isLast = lastOwners[operationId];
  if (isLast === undefined) return undefined;
  const roles = new Map<string, string>();
  const rolesNow = { text: 'SELECT id, role FROM users WHERE organization_id = $1', values: [organizationId] };
  server.state.beforeTransaction = async () => {
    if (roles.size === 0)
      for (const { id, role } of (await server.admin.query<{ id: string; role: string }>(rolesNow)).rows) roles.set(id, role);
    await server.admin.query({
      text: `UPDATE users SET role = CASE WHEN ${isLast} THEN 'owner' WHEN role = 'owner' THEN 'admin' ELSE role END WHERE organization_id = $1`,
      values: [organizationId],
    });
  };
  return {
    // The callers are what they were again: other operations need them.
    undo: async () => {
      server.state.beforeTransaction = undefined;
      for (const [id, role] of roles) {
        await server.admin.query({ text: 'UPDATE users SET role = $2 WHERE id = $1 AND role <> $2', values: [id, role] });
      }
    },
  };
}
