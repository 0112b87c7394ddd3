import type { Queryable } from '@appstead/database';
import type { Outbox } from '../messages/outbox.ts';
import { notify } from '../notifications/notify.ts';
import { type EndingKey, listEnding } from './api-key-store.ts';

const dayMs = 24 * 60 * 60 * 1000;
/** How many days before its end a key is spoken of, the last time first. */
const noticeDays = [1, 7, 30];

/**
 * Tells the creators of keys that are about to end, in the app and by mail, each of them once per time. A key made for less than the days of
 * a notice gets none of it, and one that was missed while nothing ran is not made up for when the next is due already. What it returns is to
 * be called, each once, when that is committed.
 */
export async function tellOfExpiry(tx: Queryable, organizationId: string, outbox: Outbox, now: Date): Promise<(() => void)[]> {
  const before = new Date(now.getTime() + Math.max(...noticeDays) * dayMs).toISOString();
  const wakes: (() => void)[] = [];
  for (const key of await listEnding(tx, organizationId, now.toISOString(), before)) {
    const days = dueNotice(key, now);
    if (days === undefined) continue;
    const text = `The API key ${key.name} expires in ${inDays(Date.parse(key.expires_at) - now.getTime())}`;
    const resource = { type: 'api_key', id: key.id };
    const notice = { userId: key.creator_id, kind: 'api_key_expiring', marker: `${days} days before`, text, resource } as const;
    if (!(await notify(tx, organizationId, notice, now))) continue;
    const letter = `${text}, on ${key.expires_at}.\n\nWhat uses it gets 401 from then on. A rotation keeps its end: make a new key, and revoke this one.\n`;
    wakes.push(await outbox.write(tx, organizationId, { to: key.creator_email, subject: text, text: letter, leastRole: 'admin' }, now));
  }
  return wakes;
}

/** The notice whose time has come, by its days, or undefined. */
export function dueNotice({ created_at, expires_at }: Pick<EndingKey, 'created_at' | 'expires_at'>, now: Date): number | undefined {
  const endMs = Date.parse(expires_at);
  const days = noticeDays.find((days) => endMs - now.getTime() <= days * dayMs);
  return days !== undefined && Date.parse(created_at) < endMs - days * dayMs ? days : undefined;
}

function inDays(leftMs: number): string {
  const days = Math.ceil(leftMs / dayMs);
  return days === 1 ? '1 day' : `${days} days`;
}
