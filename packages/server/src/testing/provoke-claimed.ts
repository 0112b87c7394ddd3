import type { Provocation } from '@appstead/contract-test';
import type { Harness } from './server-harness.ts';

/** Lets somebody else have claimed the anonymous id of the contract's example in every app, so that identifyUser answers 409. */
export async function provokeClaimed(server: Harness, operationId: string): Promise<Provocation | undefined> {
  if (operationId !== 'identifyUser') return undefined;
  const remove = `DELETE FROM app_users WHERE user_id IN ('device-5f2d', 'somebody else')`;
  await server.admin.query({ text: remove });
  await server.admin.query({
    text: `WITH others AS (
        INSERT INTO app_users (organization_id, app_id, id, user_id, is_anonymous, first_seen_at, last_seen_at)
        SELECT organization_id, id, gen_random_uuid(), 'somebody else', false, now(), now() FROM apps RETURNING *)
      INSERT INTO app_users (organization_id, app_id, id, user_id, is_anonymous, first_seen_at, last_seen_at, claimed_by)
      SELECT organization_id, app_id, gen_random_uuid(), 'device-5f2d', true, now(), now(), id FROM others`,
  });
  return {
    undo: async () => {
      await server.admin.query({ text: remove });
    },
  };
}
