import type { Provocation } from '@appstead/contract-test';
import type { Harness } from './server-harness.ts';

const tables: Record<string, string> = { deleteTeam: 'teams', deleteProject: 'projects' };

/** Makes the newest team, or project, the default one, so that its deletion answers 409 `default_kept`. Undefined for other operations. */
export async function provokeDefaultKept(server: Harness, operationId: string, organizationId: string): Promise<Provocation | undefined> {
  const table = tables[operationId];
  if (table === undefined) return undefined;
  const ofOrganization = `organization_id = '${organizationId}' AND deleted_at IS NULL`;
  const makeDefault = async (order: 'ASC' | 'DESC') => {
    await server.admin.query({ text: `UPDATE ${table} SET is_default = false WHERE ${ofOrganization} AND is_default` });
    const chosen = `SELECT id FROM ${table} WHERE ${ofOrganization} ORDER BY created_at ${order}, id ${order} LIMIT 1`;
    await server.admin.query({ text: `UPDATE ${table} SET is_default = true WHERE ${ofOrganization} AND id = (${chosen})` });
  };
  await makeDefault('DESC');
  // The default ones are made with the organization.
  return { undo: () => makeDefault('ASC') };
}
