import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { announcedMs, rotationMs } from '../features/accounts/signing-keys.ts';
import { Outbox } from '../features/messages/outbox.ts';
import { call } from '../testing/call.ts';
import { type Harness, startServer } from '../testing/server-harness.ts';
import { runMaintenance } from './maintenance.ts';

const dayMs = 24 * 60 * 60 * 1000;

let server: Harness;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());

/** A pass so many days from now. */
function pass(days: number) {
  const { db, box } = server;
  const outbox = new Outbox({ box, log: pino({ level: 'silent' }), sender: undefined });
  return runMaintenance({ db, box, outbox }, new Date(Date.now() + days * dayMs));
}

describe('maintenance', () => {
  it('removes an app for good only after its grace, with its keys and without its audit trail', async () => {
    const { organizationKey: key, id } = await server.newOrganization();
    const { app } = (await call(server.url, '/v1/apps', { key, body: { name: 'Gone' }, headers: { 'Idempotency-Key': 'one' } })).body;
    await call(server.url, `/v1/apps/${app.id}`, { key, method: 'DELETE' });
    expect(await pass(6.9)).toMatchObject({ apps: 0, idempotencyRecords: 1 });
    expect(await pass(7.1)).toMatchObject({ apps: 1, idempotencyRecords: 0 });
    const left = await server.admin.query({ text: 'SELECT kind FROM keys WHERE organization_id = $1', values: [id] });
    expect(left.rows).toEqual([{ kind: 'organization_key' }]);
    const events = await call(server.url, `/v1/audit-events?resource_id=${app.id}`, { key });
    expect(events.body.audit_events.map(({ action }: { action: string }) => action)).toEqual(['app.purged', 'app.deleted', 'app.created']);
  });

  it('renews the signing key once when it is 90 days old, and removes the old one when its last token has ended', async () => {
    await server.newOrganization();
    const rotationDays = rotationMs / dayMs;
    expect(await pass(rotationDays - 1)).toMatchObject({ rotatedSigningKey: false, signingKeys: 0 });
    const both = await Promise.all([pass(rotationDays), pass(rotationDays)]);
    expect(both.map(({ rotatedSigningKey }) => rotatedSigningKey).sort()).toEqual([false, true]);
    expect(await pass(rotationDays + announcedMs / dayMs)).toMatchObject({ rotatedSigningKey: false, signingKeys: 0 });
    expect(await pass(rotationDays + 1)).toMatchObject({ rotatedSigningKey: false, signingKeys: 1 });
  });
});
