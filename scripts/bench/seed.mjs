import { openDatabase } from '@appstead/database';
import { bootstrap } from '@appstead/server';
import { create } from '../../packages/server/dist/features/apps/apps.js';
import { SecretBox } from '../../packages/server/dist/keys/secret-box.js';

export const encryptionKey = Buffer.alloc(32, 7);

/**
 * An organization with apps, made as the server makes them.
 * @returns {Promise<{ organizationKey: string, organizationId: string, appIds: string[] }>}
 */
export async function seed(databaseOptions, apps) {
  const db = await openDatabase(databaseOptions);
  const { organizationKey } = await bootstrap(db, { email: 'owner@example.com' });
  const { rows } = await db.query({
    text: "SELECT organizations.id FROM (SELECT set_config('app.lookup', 'every organization', true) OFFSET 0) AS setting, LATERAL (SELECT id FROM organizations OFFSET 0) AS organizations",
  });
  const organizationId = rows[0].id;
  const box = new SecretBox(encryptionKey);
  const appIds = [];
  for (let done = 0; done < apps; done += 500) {
    await db.transact(organizationId, async (tx) => {
      for (let n = 0; n < Math.min(500, apps - done); n++) {
        const { app } = await create({ tx, organizationId, now: new Date(), box }, { name: `App ${done + n}`, timezone: 'Europe/Berlin' });
        appIds.push(app.id);
      }
    });
  }
  // As it does by itself a minute later, which no server of a benchmark lives to see.
  if (db.kind === 'pglite') await db.query({ text: 'VACUUM ANALYZE' });
  await db.close();
  return { organizationKey, organizationId, appIds };
}
