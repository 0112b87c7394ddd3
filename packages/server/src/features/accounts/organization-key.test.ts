import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { call, expectProblem } from '../../testing/call.ts';
import type { TestOrganization } from '../../testing/organization.ts';
import { type Harness, startServer } from '../../testing/server-harness.ts';

let server: Harness;
let organization: TestOrganization;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());
beforeEach(async () => {
  organization = await server.newOrganization();
});

const path = '/v1/organization/api-key';
const show = () => call(server.url, path, { key: organization.session });
const enable = (enabled: boolean, headers: Record<string, string> = {}) =>
  call(server.url, path, { method: 'PATCH', key: organization.session, body: { enabled }, headers });
const regenerate = () => call(server.url, `${path}/regenerate`, { method: 'POST', key: organization.session });
const use = (key = organization.organizationKey) => call(server.url, '/v1/apps', { key });

describe('getOrganizationKey', () => {
  it('200 shows the key masked, with its version', async () => {
    const shown = await show();
    expect(shown.status).toBe(200);
    expect(shown.headers.get('etag')).toBe('"1"');
    expect(shown.body.organization_key).toMatchObject({ key: `apps_…${organization.organizationKey.slice(-4)}`, enabled: true });
    expect(shown.text).not.toContain(organization.organizationKey);
  });

  it('403 for whoever is no admin: members, developers, API keys and the organization key itself', async () => {
    for (const role of ['member', 'developer'] as const) {
      const { session } = await server.newUser(organization.id, role);
      expectProblem(await call(server.url, path, { key: session }), 403, 'insufficient_role');
      expectProblem(await call(server.url, `${path}/regenerate`, { method: 'POST', key: session }), 403, 'insufficient_role');
    }
    const apiKey = await server.newApiKey(organization.id, { scopes: ['apps:read', 'apps:write', 'audit:read'] });
    for (const key of [apiKey, organization.organizationKey]) {
      expectProblem(await call(server.url, path, { method: 'PATCH', key, body: { enabled: false } }), 403, 'not_allowed');
    }
    expect((await use()).status).toBe(200);
  });
});

describe('updateOrganizationKey', () => {
  it('a disabled key answers 403 key_disabled from the next request on, and works again once it is enabled', async () => {
    expect((await use()).status).toBe(200);
    const disabled = await enable(false);
    expect([disabled.status, disabled.headers.get('etag'), disabled.body.organization_key.enabled]).toEqual([200, '"2"', false]);
    const refused = await use();
    expectProblem(refused, 403, 'key_disabled');
    expect(refused.body.error).toBe('API key disabled');
    expect((await show()).body.organization_key.enabled).toBe(false);
    expect((await enable(true)).status).toBe(200);
    expect((await use()).status).toBe(200);
  });

  it('412 precondition_failed for an old version, and the key stays as it was', async () => {
    await enable(true);
    expectProblem(await enable(false, { 'If-Match': '"1"' }), 412, 'precondition_failed');
    expect((await use()).status).toBe(200);
    expect((await enable(false, { 'If-Match': '"2"' })).status).toBe(200);
  });

  it('leaves one audit entry with what changed', async () => {
    await enable(false);
    await enable(true);
    const { body } = await call(server.url, '/v1/audit-events?action=organization_key.updated', { key: organization.session });
    expect(body.audit_events.map(({ changes }: { changes: object }) => changes)).toEqual([
      { enabled: { before: false, after: true } },
      { enabled: { before: true, after: false } },
    ]);
  });
});

describe('regenerateOrganizationKey', () => {
  it('201 shows a new key in full once, and ends the one before with the answer, although it was used just before', async () => {
    expect((await use()).status).toBe(200);
    const made = await regenerate();
    expect(made.status).toBe(201);
    const { key, id } = made.body.organization_key;
    expect(key).toMatch(/^apps_[0-9A-Za-z]{33}$/);
    expectProblem(await use(), 401, 'invalid_credential');
    expect((await use(key)).status).toBe(200);
    const shown = await show();
    expect(shown.headers.get('etag')).toBe(made.headers.get('etag'));
    expect(shown.body.organization_key).toMatchObject({ id, key: `apps_…${key.slice(-4)}`, enabled: true });
    expect(shown.text).not.toContain(key);
  });

  it('201 makes an enabled key also when the one before was disabled', async () => {
    await enable(false);
    const { key } = (await regenerate()).body.organization_key;
    expect((await use(key)).status).toBe(200);
    expectProblem(await use(), 401, 'invalid_credential');
  });

  it('of five at once each answers with a key, and the last of them is the only one that lives', async () => {
    const answers = await Promise.all(Array.from({ length: 5 }, regenerate));
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201, 201, 201]);
    const live = await Promise.all(answers.map(async ({ body }) => (await use(body.organization_key.key)).status));
    expect(live.filter((status) => status === 200)).toHaveLength(1);
    const last = answers[live.indexOf(200)];
    expect(last?.headers.get('etag')).toBe('"6"');
    expect((await show()).body.organization_key.id).toBe(last?.body.organization_key.id);
  });

  it('changes at once while the key is regenerated are answered, never as faults', async () => {
    const answers = await Promise.all([regenerate(), enable(false), regenerate(), enable(true), regenerate()]);
    expect(answers.map(({ status }) => status)).toEqual([201, 200, 201, 200, 201]);
  });

  it('leaves one audit entry without the key', async () => {
    const { key } = (await regenerate()).body.organization_key;
    const { body, text } = await call(server.url, '/v1/audit-events?action=organization_key.regenerated', { key });
    expect(body.audit_events).toHaveLength(1);
    expect(body.audit_events[0]).toMatchObject({
      actor: { type: 'user', id: organization.ownerId },
      changes: { key: { before: '[redacted]', after: '[redacted]' } },
    });
    expect(text).not.toContain(key);
  });
});
