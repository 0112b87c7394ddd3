import { randomBytes } from 'node:crypto';
import { type Database, lookUp } from '@appstead/database';
import { v7 as uuidv7 } from 'uuid';
import { recordAudit } from '../../http/audit-trail.ts';
import { createOrganization } from './organizations.ts';
import { hashPassword } from './passwords.ts';

export type FirstOrganization = { organizationKey: string; email: string; password: string };

/**
 * On a database without organizations, makes the first one with an owner and returns what is shown once: the organization key and the
 * owner's sign-in. Undefined when there is one already. Two processes that start at the same moment make only one.
 */
export async function bootstrap(db: Database, owner: { email: string }, now: Date = new Date()): Promise<FirstOrganization | undefined> {
  const every = lookUp('every organization', {
    text: 'SELECT organizations.id FROM organizations WHERE lookup.secret IS NOT NULL LIMIT 1',
  });
  // Nearly every start is not the first; only the first has to hash a password.
  if ((await db.query(every)).rowCount > 0) return undefined;
  const [id, userId] = [uuidv7(), uuidv7()];
  const password = randomBytes(12).toString('base64url');
  const passwordHash = await hashPassword(password);
  return db.transact(id, async (tx) => {
    await tx.query({ text: `SELECT pg_advisory_xact_lock(hashtextextended('first organization', 0))` });
    if ((await tx.query(every)).rowCount > 0) return undefined;
    const created = await createOrganization(tx, {
      id,
      name: 'My organization',
      owner: { id: userId, name: 'Owner', email: owner.email, passwordHash },
      now,
    });
    const actor = { organizationId: id, type: 'system', id: null, name: 'first start' };
    recordAudit(
      tx,
      actor,
      'organization.created',
      { resourceId: id, after: { name: created.organization.name } },
      { requestId: uuidv7(), now },
    );
    return { organizationKey: created.organizationKey, email: owner.email, password };
  });
}
