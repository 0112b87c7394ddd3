import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { call } from '../testing/call.ts';
import { type Harness, startServer } from '../testing/server-harness.ts';
import { runMaintenance } from './maintenance.ts';

let server: Harness;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());

describe('maintenance', () => {
  it('removes an app for good only after its grace, with its keys and without its audit trail', async () => {
    const { organizationKey: key, id } = await server.newOrganization();
    const { app } = (await call(server.url, '/v1/apps', { key, body: { name: 'Gone' }, headers: { 'Idempotency-Key': 'one' } })).body;
    await call(server.url, `/v1/apps/${app.id}`, { key, method: 'DELETE' });
    const day = 24 * 60 * 60 * 1000;
    expect(await runMaintenance(server.db, new Date(Date.now() + 6.9 * day))).toMatchObject({ apps: 0, idempotencyRecords: 1 });
    expect(await runMaintenance(server.db, new Date(Date.now() + 7.1 * day))).toMatchObject({ apps: 1, idempotencyRecords: 0 });
    const left = await server.admin.query({ text: 'SELECT kind FROM keys WHERE organization_id = $1', values: [id] });
    expect(left.rows).toEqual([{ kind: 'organization_key' }]);
    const events = await call(server.url, `/v1/audit-events?resource_id=${app.id}`, { key });
    expect(events.body.audit_events.map(({ action }: { action: string }) => action)).toEqual(['app.purged', 'app.deleted', 'app.created']);
  });
});
