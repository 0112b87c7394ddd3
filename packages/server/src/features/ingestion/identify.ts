import { isDeepStrictEqual } from 'node:util';
import type { IdentifyUser } from '@appstead/contract';
import type { Database, Queryable } from '@appstead/database';
import { v7 as uuidv7 } from 'uuid';
import { inStatements } from '../events/in-statements.ts';
import { addUsers } from '../stats/user-count-store.ts';
import * as store from './identity-store.ts';
import { ingestionProblems } from './ingestion-problems.ts';
import { mergeProperties, type Properties } from './user-properties.ts';

type Sent = Pick<IdentifyUser, 'user_id' | 'anonymous_id' | 'properties'>;
type App = { organizationId: string; appId: string };

/**
 * Knows a person by their user_id from now on, claims the anonymous id for them and changes their properties. Whether the anonymous id is theirs,
 * and whether there are more or fewer people now. 409 when it is somebody else's; nothing has changed then.
 */
export async function identify(db: Database, app: App, sent: Sent, now: Date): Promise<{ claimed: boolean; users: number }> {
  const known = await store.findKnown(db, app.organizationId, app.appId, sent.user_id, sent.anonymous_id);
  // Apps call this at every start: most calls change nothing, and those wait for nobody.
  if (known.id !== null && known.properties !== null && !changes(known.properties, sent)) {
    if (sent.anonymous_id === undefined) return { claimed: false, users: 0 };
    if (known.claimed_by === known.id) return { claimed: true, users: 0 };
  }
  return db.transact(app.organizationId, (tx) => write(tx, app, sent, now.toISOString()));
}

// The person first and then the anonymous id, as ingestion and erasure lock them; so they wait for each other and not in a circle.
async function write(tx: Queryable, { organizationId, appId }: App, sent: Sent, now: string): Promise<{ claimed: boolean; users: number }> {
  const person = await store.holdPerson(tx, organizationId, appId, { id: uuidv7(), userId: sent.user_id, now });
  if (changes(person.properties, sent)) {
    await store.setProperties(tx, organizationId, appId, person.id, mergeProperties(person.properties, sent.properties ?? {}));
  }
  let users = person.is_new ? 1 : 0;
  if (sent.anonymous_id !== undefined && (await claim(tx, { organizationId, appId }, person, sent, now))) users -= 1;
  if (users !== 0) await addUsers(tx, organizationId, appId, users, now);
  return { claimed: sent.anonymous_id !== undefined, users };
}

/** Claims the anonymous id for a locked person; whether it was somebody of its own until now. */
async function claim(tx: Queryable, { organizationId, appId }: App, person: store.Person, sent: Sent, now: string): Promise<boolean> {
  const { user_id: userId, anonymous_id: anonymousId = '' } = sent;
  // Nobody can claim it for this person meanwhile: that takes the lock of the person.
  const known = await store.findKnown(tx, organizationId, appId, userId, anonymousId);
  if (known.claimed_by === person.id) return false;
  const claimed = await store.claim(tx, organizationId, appId, { id: uuidv7(), anonymousId, personId: person.id, now });
  if (claimed.claimed_by !== person.id) {
    throw ingestionProblems.anonymous_id_claimed('The anonymous_id belongs to another person', {
      errors: [{ location: 'body.anonymous_id', message: 'is claimed by another person', rule: 'claimed' }],
    });
  }
  if (claimed.is_new) return false;
  const move = { fromId: claimed.id, toId: person.id };
  await inStatements((rowsMax) => store.moveEvents(tx, organizationId, appId, move, rowsMax));
  await store.takeTimes(tx, organizationId, appId, { personId: person.id, anonymousRowId: claimed.id, instead: person.is_new });
  return true;
}

function changes(present: Properties, { properties = {} }: Sent): boolean {
  return !isDeepStrictEqual(mergeProperties(present, properties), present);
}
