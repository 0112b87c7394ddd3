import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { auditActions } from '../../testing/audit-actions.ts';
import { call, expectProblem } from '../../testing/call.ts';
import { type Harness, startServer } from '../../testing/server-harness.ts';
import { notify } from './notify.ts';

let server: Harness;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());

function tell(organizationId: string, userId: string, text: string, resourceId = uuidv7(), marker = ''): Promise<boolean> {
  const notice = { userId, kind: 'api_key_expiring', resource: { type: 'api_key', id: resourceId }, marker, text } as const;
  return server.db.transact(organizationId, (tx) => notify(tx, organizationId, notice, server.now()));
}

const list = async (key: string, query = '') => (await call(server.url, `/v1/notifications${query}`, { key })).body.notifications;
const markRead = (key: string, body: object) => call(server.url, '/v1/notifications/read', { key, body });

describe('notify', () => {
  it('tells the same thing once, and another mark, resource or person again', async () => {
    const { id, ownerId, session } = await server.newOrganization();
    const [key, member] = [uuidv7(), await server.newUser(id, 'member')];
    expect(await tell(id, ownerId, 'in 7 days', key, '7')).toBe(true);
    expect(await tell(id, ownerId, 'in 7 days', key, '7')).toBe(false);
    expect(await tell(id, ownerId, 'in 1 day', key, '1')).toBe(true);
    expect(await tell(id, ownerId, 'another', uuidv7(), '7')).toBe(true);
    expect(await tell(id, member.id, 'in 7 days', key, '7')).toBe(true);
    expect(await list(session)).toHaveLength(3);
  });

  it('of two processes that tell the same thing at the same moment, one does', async () => {
    const { id, ownerId } = await server.newOrganization();
    const key = uuidv7();
    const told = await Promise.all([1, 2, 3, 4].map(() => tell(id, ownerId, 'in 7 days', key, '7')));
    expect(told.filter(Boolean)).toHaveLength(1);
  });
});

describe('listNotifications', () => {
  it('200 lists one’s own, newest first, and those read or unread when asked', async () => {
    const { id, ownerId, session } = await server.newOrganization();
    const developer = await server.newUser(id, 'developer');
    for (const text of ['first', 'second', 'third']) await tell(id, ownerId, text);
    await tell(id, developer.id, 'for another');
    const [newest] = await list(session);
    await markRead(session, { ids: [newest.id] });
    expect((await list(session)).map(({ text }: { text: string }) => text)).toEqual(['third', 'second', 'first']);
    expect((await list(session, '?unread=true')).map(({ text }: { text: string }) => text)).toEqual(['second', 'first']);
    expect(await list(session, '?unread=false')).toEqual([expect.objectContaining({ text: 'third', read_at: expect.any(String) })]);
    expect((await list(developer.session)).map(({ text }: { text: string }) => text)).toEqual(['for another']);
  });

  it('403 for keys, which are nobody', async () => {
    const { organizationKey } = await server.newOrganization();
    expectProblem(await call(server.url, '/v1/notifications', { key: organizationKey }), 403, 'not_allowed');
  });
});

describe('markNotificationsRead', () => {
  it('200 marks all when none are given, counts each once, and leaves notifications.read where something was marked', async () => {
    const { id, ownerId, session } = await server.newOrganization();
    await tell(id, ownerId, 'one');
    await tell(id, ownerId, 'two');
    expect((await markRead(session, {})).body).toEqual({ success: true, marked: 2 });
    expect((await markRead(session, {})).body).toEqual({ success: true, marked: 0 });
    expect(await auditActions(server.admin, ownerId)).toEqual(['notifications.read']);
  });

  it('ignores ids of others, of nothing, and given twice', async () => {
    const { id, ownerId, session } = await server.newOrganization();
    const member = await server.newUser(id, 'member');
    await tell(id, member.id, 'theirs');
    await tell(id, ownerId, 'mine');
    const [[theirs], [mine]] = [await list(member.session), await list(session)];
    expect((await markRead(session, { ids: [theirs.id, mine.id, mine.id, uuidv7()] })).body.marked).toBe(1);
    expect(await list(member.session, '?unread=true')).toHaveLength(1);
  });
});
