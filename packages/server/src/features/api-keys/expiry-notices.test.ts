import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runMaintenance } from '../../jobs/maintenance.ts';
import { call } from '../../testing/call.ts';
import { type Harness, startServer } from '../../testing/server-harness.ts';
import { Outbox } from '../messages/outbox.ts';
import { dueNotice } from './expiry-notices.ts';

const dayMs = 24 * 60 * 60 * 1000;

let server: Harness;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());

/** The hourly job, so many days from now. */
function pass(days: number) {
  const { db, box } = server;
  const outbox = new Outbox({ box, log: pino({ level: 'silent' }), sender: undefined });
  return runMaintenance({ db, box, outbox }, new Date(Date.now() + days * dayMs));
}

async function newKey(days: number) {
  const { id, session } = await server.newOrganization();
  const creator = await server.newUser(id, 'member');
  const body = { name: 'Build server', scopes: ['apps:read'], expires_in_days: days };
  const { api_key: apiKey } = (await call(server.url, '/v1/api-keys', { key: creator.session, body })).body;
  const notices = async (key = creator.session) => (await call(server.url, '/v1/notifications', { key })).body.notifications;
  return { session, creator, apiKey, notices };
}

describe('notices before the end of an API key', () => {
  it('come 30, 7 and 1 days before, each once, to who made the key', async () => {
    const { apiKey, notices, session } = await newKey(90);
    const told: number[] = [];
    for (const days of [0, 59.9, 60.1, 60.2, 70, 83.1, 83.2, 88, 89.1, 89.9, 90.1]) {
      const { notices: count } = await pass(days);
      if (count > 0) told.push(days);
    }
    expect(told).toEqual([60.1, 83.1, 89.1]);
    const list = await notices();
    expect(list.map(({ text }: { text: string }) => text)).toEqual([
      'The API key Build server expires in 1 day',
      'The API key Build server expires in 7 days',
      'The API key Build server expires in 30 days',
    ]);
    expect(list[0]).toMatchObject({ kind: 'api_key_expiring', resource: { type: 'api_key', id: apiKey.id }, read_at: null });
    expect(await notices(session)).toEqual([]);
  });

  it('come by mail as well, or wait for the admins where no mail is configured', async () => {
    const { session, creator } = await newKey(90);
    await pass(89.5);
    const { messages } = (await call(server.url, '/v1/messages', { key: session })).body;
    expect(messages).toHaveLength(1);
    expect(messages[0]).toMatchObject({ to: creator.email, subject: 'The API key Build server expires in 1 day', status: 'kept' });
  });

  it('come once when two processes look at the same moment', async () => {
    const { notices } = await newKey(90);
    await Promise.all([pass(60.5), pass(60.5), pass(60.5)]);
    expect(await notices()).toHaveLength(1);
  });

  it('do not come for a revoked key, nor to who left', async () => {
    const { session, apiKey, notices } = await newKey(90);
    await call(server.url, `/v1/api-keys/${apiKey.id}`, { key: session, method: 'DELETE' });
    const { creator } = await newKey(90);
    await server.admin.query({ text: 'UPDATE users SET removed_at = now() WHERE id = $1', values: [creator.id] });
    await pass(89.5);
    expect(await notices()).toEqual([]);
    const { rows } = await server.admin.query({ text: 'SELECT FROM notifications WHERE user_id = $1', values: [creator.id] });
    expect(rows).toEqual([]);
  });
});

describe('dueNotice', () => {
  const at = (days: number) => new Date(Date.UTC(2026, 10, 21) + days * dayMs);
  const key = (days: number) => ({ created_at: at(0).toISOString(), expires_at: at(days).toISOString() });

  it('is the last one whose time has come, also when earlier ones were missed', () => {
    expect([0, 59.9, 60, 82.9, 83, 88.9, 89, 89.9].map((days) => dueNotice(key(90), at(days)))).toEqual([
      ...[undefined, undefined, 30, 30],
      ...[7, 7, 1, 1],
    ]);
  });

  it('is none of those that lie before the key was made', () => {
    expect([0, 1, 22.9, 23, 29].map((days) => dueNotice(key(30), at(days)))).toEqual([undefined, undefined, undefined, 7, 1]);
    expect([0, 3, 4].map((days) => dueNotice(key(5), at(days)))).toEqual([undefined, undefined, 1]);
    expect([0, 0.5].map((days) => dueNotice(key(1), at(days)))).toEqual([undefined, undefined]);
  });
});
